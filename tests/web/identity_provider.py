"""A provider of OpenID Connect on loopback that signs for real, and lies where it is told to."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from vedette import clock

CLIENT_ID, CLIENT_SECRET = "vedette", "a secret of the client"


class IdentityProvider:
    """Who signs in is `person`; `lies` replace claims of the token; `questions` counts."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "one"})
        self.signing = self.key
        self.url = ""
        self.person: dict[str, Any] = {
            "sub": "42",
            "email": "bob@example.com",
            "email_verified": True,
            "name": "Bob",
        }
        self.lies: dict[str, Any] = {}
        self.more_keys: list[Any] = []
        self.is_broken = False
        self.questions = 0
        self._asked: dict[str, dict[str, str]] = {}

    def sign_in(self, address: str) -> dict[str, str]:
        """What the person's browser brings back from the address it was sent to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self._asked)}"
        self._asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def tokens(self, form: dict[str, str]) -> dict[str, str] | None:
        """The tokens for a code; None unless everything about the request is right."""
        asked = self._asked.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"]:
            return None
        if form["client_secret"] != CLIENT_SECRET or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        now = int(clock.timestamp())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **self.person,
            **self.lies,
        }
        header = {"alg": "RS256", "kid": "one"}
        return {"id_token": jwt.encode(header, claims, self.signing), "access_token": "x"}

    def answer(self, path: str) -> dict[str, Any]:
        """The description, or the keys."""
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
        return {"keys": [*self.more_keys, self.key.as_dict(private=False)]}


@contextmanager
def running_provider() -> Iterator[IdentityProvider]:
    """A provider that answers on a free port."""
    made = IdentityProvider()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.questions += 1
            self._send(500 if made.is_broken else 200, made.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found = made.tokens({name: values[0] for name, values in parse_qs(body).items()})
            self._send(200 if found else 400, found or {"error": "invalid_grant"})

        def _send(self, status: int, data: dict[str, Any]) -> None:
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
