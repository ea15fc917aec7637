"""ID tokens of an OpenID Connect provider: who is meant, if the token can be believed.

A token counts where the provider's published keys verify it with an asymmetric algorithm, and it
is for us, from the issuer that the settings name, and not expired. The nonce is the business of
who asked the provider: the dashboard's server checks it against the browser's session.
"""

import threading
import time
from functools import lru_cache
from typing import Any, NamedTuple

import httpx
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidKeyIdError, JoseError, MissingKeyError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from backend.errors import Unauthenticated, Unavailable

# Never `none`, and never one whose key is a shared secret: published keys must not sign.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
CLOCK_SECONDS = 60  # by which two clocks may differ
KEYS_LIFE = 3600.0  # seconds after which withdrawn keys no longer count
# Tokens with made-up keys must not become requests to the provider.
ASK_AGAIN = 30.0
PATIENCE = httpx.Timeout(10.0)


class Identity(NamedTuple):
    """Who the provider says it is; email is None where it is not known to be theirs."""

    issuer: str
    subject: str
    email: str | None


class Issuer:
    """A provider and the keys that it publishes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._keys = KeySet([])
        self._asked = -KEYS_LIFE  # on the monotonic clock

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says, its signature verified. Raises JoseError, ValueError, Unavailable."""
        keys = self._keys_after(KEYS_LIFE)
        try:
            return _verified(token, keys)
        except (InvalidKeyIdError, MissingKeyError):
            return _verified(token, self._keys_after(ASK_AGAIN))  # it may have new ones

    def _keys_after(self, seconds: float) -> KeySet:
        """The keys, asked for again where the last time is so long ago."""
        with self._lock:
            if time.monotonic() - self._asked >= seconds:
                self._keys = self._published()
                self._asked = time.monotonic()
            return self._keys

    def _published(self) -> KeySet:
        try:
            about = _json(f"{self.address.rstrip('/')}/.well-known/openid-configuration")
            if about.get("issuer") != self.address:
                raise Unavailable(
                    f"the provider calls itself {about.get('issuer')}, not {self.address}: "
                    "an admin must set SEEDBED_OIDC_ISSUER to that"
                )
            return KeySet.import_key_set(_json(about["jwks_uri"]))  # type: ignore[arg-type]
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            ValueError,
            TypeError,
            KeyError,
            JoseError,
        ) as error:
            raise Unavailable(f"the keys of {self.address} cannot be read") from error


def _json(url: str) -> dict[str, Any]:
    answer = httpx.get(url, timeout=PATIENCE).raise_for_status().json()
    if not isinstance(answer, dict):
        raise ValueError(f"{url} is no JSON object")
    return answer


def _verified(token: str, keys: KeySet) -> dict[str, Any]:
    # Headers of the provider's own are no reason to refuse; `crit` still is.
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    return jwt.decode(token, keys, registry=registry).claims


@lru_cache
def issuer_at(address: str) -> Issuer:
    """The one issuer at an address, whose keys are kept between sign-ins."""
    return Issuer(address)


def identity_of(token: str, issuer: Issuer, client_id: str, *, trust_emails: bool) -> Identity:
    """Who a token speaks for.

    trust_emails: whether an email counts of which the token does not say if it is verified.
    Raises Unauthenticated: it can't be believed. Unavailable: the provider's keys can't be read.
    """
    expected = jwt.JWTClaimsRegistry(
        leeway=CLOCK_SECONDS,
        iss={"essential": True, "value": issuer.address},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        claims = issuer.claims(token)
        expected.validate(claims)
    except ExpiredTokenError as error:
        raise Unauthenticated("the provider's word has expired: sign in there again") from error
    except (JoseError, ValueError) as error:
        raise Unauthenticated(
            f"the ID token can't be believed ({error})", field="id_token"
        ) from error
    if claims.get("azp", client_id) != client_id:
        raise Unauthenticated("the ID token was made for another client", field="id_token")
    return Identity(issuer.address, claims["sub"], _email(claims, trust_emails))


def _email(claims: dict[str, Any], trusted: bool) -> str | None:
    email = claims.get("email")
    # Some providers send the claim as a text.
    verified = claims.get("email_verified", trusted) in (True, "true")
    is_one = isinstance(email, str) and "@" in email and email.isprintable()
    return email if verified and is_one else None
