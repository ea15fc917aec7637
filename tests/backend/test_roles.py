"""Every route, asked by every role and by nobody: refused exactly where its declared level says."""

import re
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from backend.accounts.access import GRANTS
from backend.app import create_app
from tests.conftest import ClientFactory

# Anybody may ask whether the service lives, and sign in.
OPEN = {"get /healthz", "post /v1/sign-in"}
# What a viewer may send all the same, and why nothing of the work changes by it.
SENT_BY_VIEWERS = {
    "post /v1/sign-out": "their own session",
    "post /v1/keys": "their own keys; an admin makes them for others",
    "delete /v1/keys/{key_id}": "their own keys",
    "post /v1/exports:preview": "counts",
    "post /v1/runs:forecast": "reckons",
    "post /v1/trace-runs:forecast": "reckons",
    "post /v1/rewrite-runs:forecast": "reckons",
    "post /v1/augmentation-runs:forecast": "reckons",
    "post /v1/domain-runs:forecast": "reckons",
    "post /v1/rewrites:forecast": "reckons",
    "post /v1/policies:preview": "reckons",
    "post /v1/rewards:curve": "reckons",
    "post /v1/rewards:score": "reckons",
    "post /v1/mixtures:preview": "reckons",
    "post /v1/mixtures:read-yaml": "reads",
    "put /v1/me/settings": "their own settings",
    "post /v1/views": "their own views",
    "patch /v1/views/{view_id}": "their own views; an admin changes those of others",
    "delete /v1/views/{view_id}": "their own views; an admin deletes those of others",
    "put /v1/settings/leaderboard": "whether they see it; only an admin switches it off for all",
}


class Operation(NamedTuple):
    """A route with the levels that it declares."""

    method: str
    path: str
    levels: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def status(self, client: TestClient) -> int:
        """The answer to an empty request about things that do not exist."""
        path = re.sub(r"{\w+}", "999999999", self.path)
        return client.request(self.method, path).status_code


def operations_of(app: FastAPI) -> list[Operation]:
    """All routes, as the API's own description has them."""
    return [
        Operation(method, path, tuple(level for s in said.get("security", []) for level in
                                      next(iter(s.values()))))
        for path, methods in app.openapi()["paths"].items()
        for method, said in methods.items()
    ]  # fmt: skip


@pytest.fixture(scope="module")
def operations() -> list[Operation]:
    return operations_of(create_app())


def test_every_route_declares_one_level(operations: list[Operation]) -> None:
    undeclared = [each.name for each in operations if len(each.levels) != 1]
    assert set(undeclared) == OPEN
    assert {level for each in operations for level in each.levels} <= set(GRANTS)


def test_described_routes_are_all_there_are() -> None:
    """A route left out of the description would escape the checks here."""
    hidden = [
        route.path for route in create_app().routes if not getattr(route, "include_in_schema", True)
    ]
    assert set(hidden) <= {"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}


def test_nobody_is_let_in_without_a_key(session: Session, operations: list[Operation]) -> None:
    with TestClient(create_app()) as client:
        answers = {each.name: each.status(client) for each in operations if each.name not in OPEN}
    assert {name: status for name, status in answers.items() if status != 401} == {}


@pytest.mark.parametrize("role", GRANTS)
def test_role_is_refused_exactly_what_is_above_it(
    client_as: ClientFactory, operations: list[Operation], role: str
) -> None:
    client = client_as(role)
    wrong = {}
    for each in operations:
        if each.name in OPEN or each.name == "post /v1/sign-out":  # ends sessions, not keys
            continue
        status = each.status(client)
        refused = status in (401, 403)
        if refused != (each.levels[0] not in GRANTS[role]):
            wrong[each.name] = status
    assert wrong == {}


def test_viewers_change_nothing_but_what_is_their_own(operations: list[Operation]) -> None:
    sent = {each.name for each in operations if each.levels == ("viewer",) and each.method != "get"}
    assert sent == set(SENT_BY_VIEWERS)


def test_roles_contain_one_another() -> None:
    viewer, ingester, curator, admin = (GRANTS[role] for role in GRANTS)
    assert viewer < ingester < curator < admin
