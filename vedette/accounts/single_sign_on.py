"""Signing in at a provider of OpenID Connect: the authorization code flow with PKCE.

The provider's answers are fetched by the one fetcher, and its ID token is checked in full:
signature, issuer, audience, time and nonce (OpenID Connect Core 1.0, section 3.1.3.7).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import msgspec

from vedette import clock
from vedette.config import Config
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.errors import OutgoingError
from vedette.outgoing.fetcher import Fetcher, Request

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_LEEWAY_SECONDS = 120
_KEEP_SECONDS = 3600


class SingleSignOnError(Exception):
    """The provider did not say who somebody is; the text says why."""


class Pending(msgspec.Struct, frozen=True):
    """What has to come back with the answer; kept in the session meanwhile."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who the provider says it is."""

    issuer: str
    subject: str
    email: str
    name: str


class Discovery(msgspec.Struct):
    """What is needed of the provider's description."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct):
    id_token: str


class Provider:
    """The provider that the settings name."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._fetcher = Fetcher(read_networks(config.outgoing_networks))
        self._known: tuple[float, Discovery] | None = None

    def begin(self, back: str) -> tuple[str, Pending]:
        """Where to send the person, and what to remember. Raises SingleSignOnError."""
        pending = Pending(*(secrets.token_urlsafe(32) for _ in range(3)))
        digest = hashlib.sha256(pending.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._config.oidc_client_id,
            "redirect_uri": back,
            "scope": "openid email profile",
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address = self._discover().authorization_endpoint
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", pending

    def finish(self, pending: Pending, *, state: str, code: str, back: str) -> Claim:
        """Who has come back. Raises SingleSignOnError."""
        if not secrets.compare_digest(state.encode(), pending.state.encode()) or not code:
            raise SingleSignOnError("The answer does not belong to this sign-in. Try again.")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self._config.oidc_client_id,
            "client_secret": self._config.oidc_client_secret,
            "code_verifier": pending.verifier,
        }
        tokens = self._fetch(self._discover().token_endpoint, _Tokens, form)
        return self._claim(self._checked(tokens.id_token, pending.nonce))

    def _discover(self) -> Discovery:
        """The provider's description, asked for once an hour."""
        now = clock.timestamp()
        if self._known is None or now - self._known[0] > _KEEP_SECONDS:
            url = self._config.oidc_url.rstrip("/")
            found = self._fetch(f"{url}/.well-known/openid-configuration", Discovery)
            if found.issuer.rstrip("/") != url:
                raise SingleSignOnError(f"The provider calls itself {found.issuer[:200]}.")
            self._known = now, found
        return self._known[1]

    def _fetch(self, url: str, kind: type[Any], form: Mapping[str, str] | None = None) -> Any:
        headers = {"accept": "application/json"}
        if form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        body = urlencode(form).encode() if form is not None else b""
        method = "GET" if form is None else "POST"
        request = Request(url=url, method=method, headers=headers, body=body, most_redirects=0)
        try:
            answer = self._fetcher.fetch(request)
            if answer.status != 200:
                raise SingleSignOnError(f"The provider answered {answer.status}.")
            return msgspec.json.decode(answer.body, type=kind)
        except (OutgoingError, msgspec.DecodeError) as error:
            raise SingleSignOnError(f"The provider cannot be asked: {error}") from error

    def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of the ID token, once everything about it is right."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        found = self._discover()
        keys = self._fetch(found.jwks_uri, dict)
        rules = jwt.JWTClaimsRegistry(
            now=int(clock.timestamp()),
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": found.issuer},
            aud={"essential": True, "value": self._config.oidc_client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SingleSignOnError(f"The provider's token is not good: {error}") from error
        return dict(claims)

    def _claim(self, claims: Mapping[str, Any]) -> Claim:
        """The person. An address that the provider has not verified proves nobody."""
        email, name, subject = claims.get("email"), claims.get("name"), claims["sub"]
        says = claims.get("email_verified")
        verified = says is True or says == "true"  # 1 is equal to True
        return Claim(
            issuer=str(claims["iss"])[:300],
            subject=str(subject)[:255],
            email=email.strip().lower()[:254] if verified and isinstance(email, str) else "",
            name=name[:200] if isinstance(name, str) else "",
        )


@cache
def provider(config: Config) -> Provider:
    """The provider of these settings, with what is known of it."""
    return Provider(config)
