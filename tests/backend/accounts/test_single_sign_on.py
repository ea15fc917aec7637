"""Sign-in by the ID token of a provider: what is believed, and who it is here."""

import base64
import json
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import ValidationError

from backend.accounts import identity_tokens
from backend.config import Settings, settings
from tests.provider import CLIENT_ID, Provider


def sign_in(client: TestClient, token: str) -> Response:
    return client.post("/v1/sign-in", json={"id_token": token}, headers={"Authorization": ""})


@pytest.fixture
def ada(client: TestClient) -> dict[str, Any]:
    """The user whose name is the email of the provider's person."""
    created: dict[str, Any] = client.post(
        "/v1/users", json={"name": "ada@example.org", "role": "curator"}
    ).json()
    return created


def test_verified_email_signs_its_user_in(
    client: TestClient, provider: Provider, ada: dict[str, Any]
) -> None:
    answer = sign_in(client, provider.token())
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == ada["id"]
    assert answer.json()["user"]["oidc_issuer"] == provider.issuer
    bearer = {"Authorization": f"Bearer {answer.json()['secret']}"}
    assert client.get("/v1/me", headers=bearer).json()["name"] == "ada@example.org"


def test_person_stays_the_same_user_when_their_email_changes(
    client: TestClient, provider: Provider, ada: dict[str, Any]
) -> None:
    sign_in(client, provider.token())
    answer = sign_in(client, provider.token(email="lovelace@example.org", email_verified=None))
    assert answer.json()["user"]["id"] == ada["id"]


def test_email_is_found_whatever_its_case(
    client: TestClient, provider: Provider, ada: dict[str, Any]
) -> None:
    assert sign_in(client, provider.token(email="Ada@Example.org")).status_code == 200


def test_who_has_the_email_later_is_not_the_user(
    client: TestClient, provider: Provider, ada: dict[str, Any]
) -> None:
    sign_in(client, provider.token())
    answer = sign_in(client, provider.token(sub="another"))
    assert answer.status_code == 403
    assert "seedbed users unlink" in answer.json()["detail"]
    client.patch(f"/v1/users/{ada['id']}", json={"unlink": True})
    assert sign_in(client, provider.token(sub="another")).status_code == 200


NOW = int(time.time())
WRONG = {
    "audience": {"aud": "somebody-else"},
    "other party": {"aud": [CLIENT_ID, "other"], "azp": "other"},
    "issuer": {"iss": "https://evil.example"},
    "expired": {"exp": NOW - 3600, "iat": NOW - 7200},
    "no expiry": {"exp": None},
    "not yet": {"nbf": NOW + 3600},
    "from the future": {"iat": NOW + 3600},
    "no subject": {"sub": None},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=list(WRONG))
def test_token_with_a_wrong_claim_is_refused(
    client: TestClient, provider: Provider, ada: dict[str, Any], claims: dict[str, Any]
) -> None:
    assert sign_in(client, provider.token(**claims)).status_code == 401


def test_expired_token_says_what_to_do(client: TestClient, provider: Provider) -> None:
    answer = sign_in(client, provider.token(exp=NOW - 3600, iat=NOW - 7200))
    assert "sign in there again" in answer.json()["detail"]


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _claims(provider: Provider) -> dict[str, Any]:
    middle = provider.token().split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=="))
    return decoded


def test_unsigned_token_is_refused(
    client: TestClient, provider: Provider, ada: dict[str, Any]
) -> None:
    head = _part({"alg": "none", "kid": provider.key.kid})
    assert sign_in(client, f"{head}.{_part(_claims(provider))}.").status_code == 401


def test_token_signed_with_the_public_key_as_a_secret_is_refused(
    client: TestClient, provider: Provider, ada: dict[str, Any]
) -> None:
    """Who confuses the two kinds of algorithms takes the published key for a shared secret."""
    shared = OctKey.import_key(base64.b64encode(provider.key.as_der(private=False)))
    header = {"alg": "HS256", "kid": provider.key.kid}
    token = jwt.encode(header, _claims(provider), shared)
    assert sign_in(client, token).status_code == 401


def test_token_signed_by_another_key_is_refused(
    client: TestClient, provider: Provider, ada: dict[str, Any]
) -> None:
    other = RSAKey.generate_key(2048, auto_kid=False)
    token = jwt.encode({"alg": "RS256", "kid": provider.key.kid}, _claims(provider), other)
    assert sign_in(client, token).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "..", "a.b.c.d.e"])
def test_what_is_no_token_is_refused(client: TestClient, provider: Provider, token: str) -> None:
    assert sign_in(client, token).status_code == 401


def test_rotated_key_is_asked_for_and_the_old_one_is_gone(
    client: TestClient, provider: Provider, ada: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = provider.token()
    assert sign_in(client, old).status_code == 200
    monkeypatch.setattr(identity_tokens, "ASK_AGAIN", 0.0)
    provider.rotate()
    assert sign_in(client, provider.token()).status_code == 200
    assert sign_in(client, old).status_code == 401


def test_made_up_keys_do_not_become_requests_to_the_provider(
    client: TestClient, provider: Provider, ada: dict[str, Any]
) -> None:
    sign_in(client, provider.token())
    before = len(provider.asked)
    provider.rotate()
    for _ in range(3):
        assert sign_in(client, provider.token()).status_code == 401
    assert len(provider.asked) == before


@pytest.mark.parametrize("verified", [False, None, "false"])
def test_unverified_email_finds_nobody(
    client: TestClient, provider: Provider, ada: dict[str, Any], verified: object
) -> None:
    answer = sign_in(client, provider.token(email_verified=verified))
    assert answer.status_code == 403
    assert "does not vouch for your email" in answer.json()["detail"]


@pytest.mark.parametrize(("verified", "status"), [(None, 200), (False, 403)])
def test_trusted_emails_are_those_of_which_nothing_is_said(
    client: TestClient, provider: Provider, ada: dict[str, Any], verified: object, status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("SEEDBED_OIDC_TRUST_EMAILS", "true")
    settings.cache_clear()
    assert sign_in(client, provider.token(email_verified=verified)).status_code == status


def test_unknown_user_learns_what_an_admin_has_to_do(
    client: TestClient, provider: Provider
) -> None:
    answer = sign_in(client, provider.token())
    assert answer.status_code == 403
    assert "seedbed users create ada@example.org" in answer.json()["detail"]
    assert "SEEDBED_OIDC_EMAIL_DOMAINS" in answer.json()["detail"]


@pytest.mark.parametrize("domains", ["example.com, Example.org", "*"])
def test_people_of_a_listed_domain_get_an_account_when_they_come(
    client: TestClient, provider: Provider, domains: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDBED_OIDC_EMAIL_DOMAINS", domains)
    settings.cache_clear()
    first = sign_in(client, provider.token()).json()["user"]
    assert (first["name"], first["role"]) == ("ada@example.org", "viewer")
    assert sign_in(client, provider.token()).json()["user"]["id"] == first["id"]


def test_part_of_a_domain_is_not_the_domain(
    client: TestClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEEDBED_OIDC_EMAIL_DOMAINS", "example.org")
    settings.cache_clear()
    for email in ("ada@evil-example.org", "ada@example.org.evil.example", "ada@sub.example.org"):
        assert sign_in(client, provider.token(email=email)).status_code == 403


def test_disabled_user_is_refused(
    client: TestClient, provider: Provider, ada: dict[str, Any]
) -> None:
    client.patch(f"/v1/users/{ada['id']}", json={"disabled": True})
    answer = sign_in(client, provider.token())
    assert answer.status_code == 403
    assert "disabled" in answer.json()["detail"]


def test_silent_provider_is_told_from_a_bad_token(client: TestClient, provider: Provider) -> None:
    provider.about["jwks_uri"] = f"{provider.issuer}/nothing-here"
    assert sign_in(client, provider.token()).status_code == 503


def test_provider_that_calls_itself_otherwise_is_not_believed(
    client: TestClient, provider: Provider
) -> None:
    provider.about["issuer"] = "https://another.example"
    answer = sign_in(client, provider.token())
    assert answer.status_code == 503
    assert "SEEDBED_OIDC_ISSUER" in answer.json()["detail"]


def test_without_a_provider_no_token_counts(client: TestClient) -> None:
    assert sign_in(client, "a.b.c").status_code == 401


@pytest.mark.parametrize(
    "given",
    [
        {"oidc_issuer": "http://provider.example", "oidc_client_id": "x"},
        {"oidc_issuer": "https://provider.example"},
        {"oidc_new_user_role": "admin"},
    ],
    ids=["plain http", "no client", "new admins"],
)
def test_unsafe_settings_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(database_url="postgresql://", broker_url="memory://", **given)
