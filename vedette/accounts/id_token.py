"""Checking a provider's ID token in full (OpenID Connect Core 1.0, section 3.1.3.7).

Signature, issuer, audience, authorized party, time and nonce; then who it speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vedette import clock
from vedette.accounts.errors import SingleSignOnError

if TYPE_CHECKING:
    from joserfc.jwk import Key

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_LEEWAY_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who the provider says it is; `email` is empty where no address is verified."""

    issuer: str
    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must say to be an answer to the question that was asked."""

    issuer: str
    client_id: str
    nonce: str


def read_claim(token: str, published: Mapping[str, Any], expected: Expected) -> Claim:
    """The person of a token, by the provider's published keys. Raises SingleSignOnError."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    rules = jwt.JWTClaimsRegistry(
        now=int(clock.timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        azp={"value": expected.client_id},
        exp={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": expected.nonce},
    )
    try:
        claims = jwt.decode(token, _usable(published), algorithms=_ALGORITHMS).claims
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise SingleSignOnError(f"The provider's token is not good: {error}") from error
    return _claim(claims)


def _usable(published: Mapping[str, Any]) -> Any:
    """The keys that can be read: one alone is tried whatever the token calls its key."""
    from joserfc.jwk import KeySet

    listed = published.get("keys")
    read = [_read_key(raw) for raw in listed] if isinstance(listed, list) else []
    keys = [key for key in read if key is not None]
    if not keys:
        raise SingleSignOnError("The provider publishes no key that can be read.")
    return keys[0] if len(keys) == 1 else KeySet(keys)


def _read_key(raw: object) -> Key | None:
    """A published key; None for one of unknown form, which is not ours to judge (RFC 7517, 5)."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    if not isinstance(raw, dict) or raw.get("use", "sig") != "sig" or raw.get("kty") == "oct":
        return None
    try:
        key = import_key(raw)
        key.ensure_kid()
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return key


def _claim(claims: Mapping[str, Any]) -> Claim:
    """The person. An address that the provider has not verified proves nobody."""
    subject, name = claims["sub"], claims.get("name")
    if not isinstance(subject, str) or not subject or not subject.isprintable():
        raise SingleSignOnError("The provider's token names nobody.")
    says = claims.get("email_verified")
    is_verified = says is True or says == "true"  # 1 is equal to True
    shown = "".join(char for char in name if char.isprintable()) if isinstance(name, str) else ""
    return Claim(
        issuer=str(claims["iss"])[:300],
        subject=subject[:255],
        email=_address(claims.get("email")) if is_verified else "",
        name=shown[:200],
    )


def _address(text: object) -> str:
    """The e-mail address, or nothing where it is none."""
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    address = text.strip().lower() if isinstance(text, str) else ""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= 254 else ""
