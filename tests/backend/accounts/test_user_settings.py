"""A user's own settings of the triage pane, over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.accounts.setting_schemas import Keys
from backend.accounts.tables import StoredSettings
from tests.conftest import ClientFactory

PATH = "/v1/me/settings"


def put(client: TestClient, **changes: Any) -> dict[str, Any]:
    answer = client.put(PATH, json=changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_user_without_settings_has_the_defaults(client: TestClient) -> None:
    found = client.get(PATH).json()
    assert (found["auto_advance"], found["text_size"]) == (True, "normal")
    assert found["keys"] == Keys().model_dump()


def test_settings_are_each_users_own(client_as: ClientFactory) -> None:
    ada, bob = client_as("curator"), client_as("viewer")
    saved = put(ada, keys={"accept": "j"}, auto_advance=False, text_size="large")
    assert ada.get(PATH).json() == saved
    assert saved["keys"]["accept"] == "j"
    assert bob.get(PATH).json()["keys"]["accept"] == "a"


def test_saving_replaces_all_so_nothing_sent_is_the_defaults_again(client: TestClient) -> None:
    put(client, keys={"accept": "j"}, auto_advance=False)
    put(client)
    assert client.get(PATH).json()["keys"] == Keys().model_dump()
    assert client.get(PATH).json()["auto_advance"] is True


def test_two_actions_may_swap_their_keys(client: TestClient) -> None:
    assert put(client, keys={"accept": "x", "reject": "a"})["keys"]["accept"] == "x"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("J", "j"), ("Shift+J", "Shift+j"), ("ä", "ä"), ("ф", "ф"), (",", ","), ("Home", "Home")],
)
def test_keys_of_any_keyboard_can_be_used(client: TestClient, given: str, kept: str) -> None:
    assert put(client, keys={"accept": given})["keys"]["accept"] == kept


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"keys": {"accept": "u"}}, "keys.undo"),
    ({"keys": {"redo": "u"}}, "keys.redo"),
    ({"keys": {"accept": "j", "reject": "J"}}, "keys.reject"),
    ({"keys": {"accept": "c"}}, "keys.accept"),
    ({"keys": {"accept": "R"}}, "keys.accept"),
    ({"keys": {"accept": "Shift+c"}}, "keys.accept"),
    ({"keys": {"accept": "Backspace"}}, "keys.accept"),
    ({"keys": {"accept": "Delete"}}, "keys.accept"),
    ({"keys": {"accept": "Shift"}}, "keys.accept"),
    ({"keys": {"accept": "Control+k"}}, "keys.accept"),
    ({"keys": {"accept": "Shift+?"}}, "keys.accept"),
    ({"keys": {"accept": "4"}}, "keys.accept"),
    ({"keys": {"accept": " "}}, "keys.accept"),
    ({"keys": {"accept": ""}}, "keys.accept"),
    ({"keys": {"accept": "\0"}}, "keys.accept"),
    ({"keys": {"accept": None}}, "keys.accept"),
    ({"keys": {"launch": "k"}}, "keys.launch"),
    ({"text_size": "huge"}, "text_size"),
    ({"theme": "dark"}, "theme"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG)
def test_wrong_settings_are_refused_by_field_and_change_nothing(
    client: TestClient, changes: dict[str, Any], field: str
) -> None:
    before = put(client, text_size="small")
    answer = client.put(PATH, json=changes)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert client.get(PATH).json() == before


def test_refusal_says_which_action_has_the_key(client: TestClient) -> None:
    problem = client.put(PATH, json={"keys": {"redo": "d"}}).json()["errors"]
    assert [error["field"] for error in problem] == ["keys.dismiss_hit"]
    assert problem[0]["message"] == "d is the key of redo already"


def test_key_that_a_later_default_has_gives_way_to_the_defaults(
    client: TestClient, session: Session
) -> None:
    user_id = client.get("/v1/me").json()["id"]
    changes = {"keys": {"accept": "u"}, "text_size": "large"}
    session.add(StoredSettings(user_id=user_id, changes=changes))
    session.commit()
    found = client.get(PATH).json()
    assert (found["keys"]["accept"], found["text_size"]) == ("a", "large")
