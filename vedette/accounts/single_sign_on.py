"""Signing in at a provider of OpenID Connect: the authorization code flow with PKCE.

The provider's answers are fetched by the one fetcher; its description and keys are remembered,
so a provider that is slow or silent holds up few people, and each for some seconds only.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from functools import cache
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

import msgspec

from vedette.accounts.errors import SingleSignOnError
from vedette.accounts.id_token import Claim, Expected, read_claim
from vedette.accounts.remembered import Remembered
from vedette.config import Config
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.errors import OutgoingError
from vedette.outgoing.fetcher import Fetcher, Request

_KEEP_SECONDS = 3600.0
_RECENT_SECONDS = 60.0
_ASK_SECONDS = 4.0
_MOST_EXCHANGES = 4


class Pending(msgspec.Struct, frozen=True):
    """What has to come back with the answer; kept in the session meanwhile."""

    state: str
    nonce: str
    verifier: str


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
        self._description = Remembered(self._discover, keep_seconds=_KEEP_SECONDS)
        self._keys = Remembered(self._ask_keys, keep_seconds=_KEEP_SECONDS)
        self._exchanges = BoundedSemaphore(_MOST_EXCHANGES)

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
        address = self._description.get().authorization_endpoint
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
        return self._read(self._exchange(form), pending.nonce)

    def _exchange(self, form: Mapping[str, str]) -> str:
        """The ID token for a code. Only a few are asked for at once."""
        address = self._description.get().token_endpoint
        if not self._exchanges.acquire(blocking=False):
            raise SingleSignOnError("Many people are signing in just now. Try again in a moment.")
        try:
            tokens: _Tokens = self._fetch(address, _Tokens, form)
        finally:
            self._exchanges.release()
        return tokens.id_token

    def _read(self, token: str, nonce: str) -> Claim:
        """Who a token speaks of. Keys that may have been replaced meanwhile are asked for anew."""
        expected = Expected(
            issuer=self._description.get().issuer,
            client_id=self._config.oidc_client_id,
            nonce=nonce,
        )
        known = self._keys.get()
        try:
            return read_claim(token, known, expected)
        except SingleSignOnError:
            newer = self._keys.get(keep_seconds=_RECENT_SECONDS)
            if newer == known:
                raise
            return read_claim(token, newer, expected)

    def _discover(self) -> Discovery:
        url = self._config.oidc_url.rstrip("/")
        found: Discovery = self._fetch(f"{url}/.well-known/openid-configuration", Discovery)
        if found.issuer.rstrip("/") != url:
            raise SingleSignOnError(f"The provider calls itself {found.issuer[:200]}.")
        return found

    def _ask_keys(self) -> dict[str, Any]:
        keys: dict[str, Any] = self._fetch(self._description.get().jwks_uri, dict[str, Any])
        return keys

    def _fetch(self, url: str, kind: Any, form: Mapping[str, str] | None = None) -> Any:
        headers = {"accept": "application/json"}
        if form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        body = urlencode(form).encode() if form is not None else b""
        method = "GET" if form is None else "POST"
        request = Request(
            url=url,
            method=method,
            headers=headers,
            body=body,
            most_redirects=0,
            seconds=_ASK_SECONDS,
        )
        try:
            answer = self._fetcher.fetch(request)
            if answer.status != 200:
                raise SingleSignOnError(f"The provider answered {answer.status}.")
            return msgspec.json.decode(answer.body, type=kind)
        except (OutgoingError, msgspec.DecodeError) as error:
            raise SingleSignOnError(f"The provider cannot be asked: {error}") from error


@cache
def provider(config: Config) -> Provider:
    """The provider of these settings, with what is known of it."""
    return Provider(config)
