"""A small S3 on loopback: objects in memory, signatures checked by its own reading of the rules."""

from __future__ import annotations

import hashlib
import hmac
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY_ID, SECRET, REGION = "AKIDTEST", "a secret", "eu-test-1"
_PAGE = 7  # keys of one answer: fewer than any test has


class S3:
    """Use as a context manager; `objects` by their path, `failures` answers that come first."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.failures: list[int] = []
        self.requests: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def place(self) -> str:
        """An address in it."""
        endpoint = f"http://127.0.0.1:{self._server.server_port}"
        return f"s3://shelf/of/backups?endpoint={endpoint}&region={REGION}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(s3: S3) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a class
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            path = unquote(urlsplit(self.path).path)
            s3.requests.append((self.command, path))
            if s3.failures:
                self._say(s3.failures.pop(0), b"<Error><Message>not now</Message></Error>")
            elif not self._is_signed(body):
                self._say(403, b"<Error><Message>the signature does not match</Message></Error>")
            elif self.command == "PUT":
                is_there = path in s3.objects and self.headers.get("if-none-match") == "*"
                if not is_there:
                    s3.objects[path] = body
                self._say(412 if is_there else 200)
            elif self.command == "DELETE":
                s3.objects.pop(path, None)
                self._say(204)
            elif path.count("/") == 1:
                self._say(200, self._list(f"{path}/"))
            else:
                held = s3.objects.get(path)
                self._say(404 if held is None else 200, held or b"")

        do_GET = do_PUT = do_DELETE = _answer

        def _list(self, bucket: str) -> bytes:
            query = dict(parse_qsl(urlsplit(self.path).query))
            names = [path.removeprefix(bucket) for path in sorted(s3.objects)]
            found = [name for name in names if name.startswith(query["prefix"])]
            after = [name for name in found if name > query.get("continuation-token", "")]
            keys = "".join(f"<Key>{escape(quote(name))}</Key>" for name in after[:_PAGE])
            more = ""
            if len(after) > _PAGE:
                token = escape(after[_PAGE - 1])
                more = f"<NextContinuationToken>{token}</NextContinuationToken>"
            return f"<ListBucketResult>{keys}{more}</ListBucketResult>".encode()

        def _is_signed(self, body: bytes) -> bool:
            """As the section "Signature Version 4" of AWS's reference describes."""
            said = dict(
                part.strip().split("=", 1)
                for part in self.headers["authorization"].partition(" ")[2].split(",")
            )
            parts = urlsplit(self.path)
            digest = hashlib.sha256(body).hexdigest()
            names = said["SignedHeaders"].split(";")
            pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
            lines = [
                self.command,
                parts.path,
                "&".join(
                    f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs
                ),
                *(f"{name}:{self.headers[name]}" for name in names),
                "",
                said["SignedHeaders"],
                digest,
            ]
            stamp = self.headers["x-amz-date"]
            scope = f"{stamp[:8]}/{REGION}/s3/aws4_request"
            hashed = hashlib.sha256("\n".join(lines).encode()).hexdigest()
            key = b"AWS4" + SECRET.encode()
            for word in scope.split("/"):
                key = hmac.digest(key, word.encode(), "sha256")
            text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}"
            right = hmac.new(key, text.encode(), "sha256").hexdigest()
            return said["Credential"] == f"{KEY_ID}/{scope}" and said["Signature"] == right

        def _say(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            if status != 204:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
