"""A repository in S3, or in whatever speaks like it: MinIO, Ceph, Garage, R2.

Address: `s3://BUCKET/PREFIX?endpoint=https://…&region=…`. Requests are signed as AWS Signature
Version 4 wants it (docs: "Signing AWS API requests") and made through the product's own fetcher.
One owner at a time is seen to by an object `lock` that is made only where there is none, is renewed
while its owner writes and counts for nothing when it is old.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import html
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from vedette import clock
from vedette.backups.errors import BackupError, InUse
from vedette.outgoing.errors import OutgoingError
from vedette.outgoing.fetcher import Answer, Fetcher, Request

_LOCK: Final = "lock"
_OLD_SECONDS: Final = 900.0
_RENEW_SECONDS: Final = 60.0
_TRIES: Final = 4
_WAIT_SECONDS: Final = 0.5
_SECONDS: Final = 120.0
_MOST_BYTES: Final = 256 << 20
_TOO_MANY: Final = 429
_SERVER: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in S3, and who asks there."""

    endpoint: str
    bucket: str
    prefix: str
    region: str
    key_id: str
    secret: str


def read_place(address: str, *, key_id: str, secret: str) -> Place:
    """The place that an address names. Raises BackupError in words."""
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    unknown = sorted(set(options) - {"endpoint", "region"})
    if parts.scheme != "s3" or not parts.netloc or unknown:
        raise BackupError(f"{address} is no s3://BUCKET/PREFIX?endpoint=https://…&region=…")
    if not key_id or not secret:
        raise BackupError("S3 needs VEDETTE_BACKUP_S3_KEY_ID and VEDETTE_BACKUP_S3_SECRET")
    region = options.get("region", "us-east-1")
    return Place(
        endpoint=options.get("endpoint", f"https://s3.{region}.amazonaws.com").rstrip("/"),
        bucket=parts.netloc,
        prefix=parts.path.strip("/"),
        region=region,
        key_id=key_id,
        secret=secret,
    )


class S3Repository:
    """See `Repository`. What S3 answers as busy or broken is asked again a few times."""

    def __init__(self, place: Place, fetcher: Fetcher) -> None:
        self._place = place
        self._fetcher = fetcher
        self._lock_mark = secrets.token_hex(8)
        self._lost_lock = threading.Event()

    def put(self, key: str, content: bytes) -> None:
        """See `Repository`."""
        self._check_lock()
        self._ask("PUT", key, body=content)

    def get(self, key: str) -> bytes | None:
        """See `Repository`."""
        answer = self._ask("GET", key, is_missing_fine=True)
        if answer.is_cut:
            raise BackupError(f"{key} is larger than anything that a backup writes")
        return None if answer.status == 404 else answer.body

    def keys(self, folder: str) -> Iterator[str]:
        """See `Repository`."""
        start = self._key("")
        query = {
            "list-type": "2",
            "encoding-type": "url",
            "prefix": self._key(f"{folder}/"),
        }
        while True:
            answer = self._ask("GET", None, query=query)
            text = answer.body.decode(errors="replace")
            if answer.is_cut or "</ListBucketResult>" not in text:
                raise BackupError(f"S3 answered no list of {folder}: {_words(answer.body)}")
            for found in re.findall(r"<Key>([^<]*)</Key>", text):
                yield unquote(html.unescape(found)).removeprefix(start)
            token = re.search(r"<NextContinuationToken>([^<]*)</NextContinuationToken>", text)
            if token is None:
                return
            query["continuation-token"] = html.unescape(token[1])

    def remove(self, key: str) -> None:
        """See `Repository`."""
        self._check_lock()
        self._delete(key)

    @contextlib.contextmanager
    def owned(self) -> Iterator[None]:
        """See `Repository`."""
        self._take_lock()
        ended = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(ended,), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            renewing.join()
            if self._is_mine():
                self._delete(_LOCK)

    def _check_lock(self) -> None:
        if self._lost_lock.is_set():
            raise InUse("another backup has taken over this place in S3: this one ends")

    def _delete(self, key: str) -> None:
        self._ask("DELETE", key, is_missing_fine=True)

    def _take_lock(self) -> None:
        for _ in range(2):
            answer = self._ask(
                "PUT", _LOCK, body=self._lock(), headers={"if-none-match": "*"}, may_refuse=True
            )
            if answer.status not in (409, 412) and self._is_mine():
                return
            if not self._is_old():
                break
            self._delete(_LOCK)
        raise InUse(
            f"a backup to {self._place.bucket}/{self._place.prefix} is under way, or was killed "
            f"within the last {_OLD_SECONDS / 60:.0f} minutes: try again later"
        )

    def _renew(self, ended: threading.Event) -> None:
        while not ended.wait(_RENEW_SECONDS):
            try:
                if not self._is_mine():
                    self._lost_lock.set()
                    return
                self._ask("PUT", _LOCK, body=self._lock())
            except BackupError:
                continue  # the requests of the backup itself tell what is wrong

    def _is_mine(self) -> bool:
        return (self.get(_LOCK) or b"").startswith(self._lock_mark.encode())

    def _is_old(self) -> bool:
        held = (self.get(_LOCK) or b"").partition(b" ")[2]
        try:
            return not abs(clock.timestamp() - float(held)) <= _OLD_SECONDS  # a clock may leap
        except ValueError:
            return True

    def _lock(self) -> bytes:
        return f"{self._lock_mark} {clock.timestamp():.0f}".encode()

    def _key(self, key: str) -> str:
        return f"{self._place.prefix}/{key}" if self._place.prefix else key

    def _ask(
        self,
        method: str,
        key: str | None,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        is_missing_fine: bool = False,
        may_refuse: bool = False,
    ) -> Answer:
        """One request, again where that may help. Raises BackupError."""
        path = f"/{self._place.bucket}" + (f"/{self._key(key)}" if key is not None else "")
        fault = ""
        for turn in range(_TRIES):
            if turn:
                time.sleep(_WAIT_SECONDS * 2**turn)
            request = _signed(self._place, method, path, query or {}, body, headers or {})
            try:
                answer = self._fetcher.fetch(request)
            except OutgoingError as error:
                fault = str(error)
                continue
            if answer.status < 300 or (answer.status == 404 and is_missing_fine and key):
                return answer
            if may_refuse and answer.status in (409, 412):
                return answer
            fault = f"S3 answered {answer.status} to {method} {path}: {_words(answer.body)}"
            if answer.status != _TOO_MANY and answer.status < _SERVER:
                break
        raise BackupError(fault)


def _words(body: bytes) -> str:
    text = body.decode(errors="replace")
    found = re.search(r"<Message>([^<]*)</Message>", text)
    return html.unescape(found[1]) if found else text[:200]


def _signed(
    place: Place,
    method: str,
    path: str,
    query: Mapping[str, str],
    body: bytes,
    headers: Mapping[str, str],
) -> Request:
    """The request with its signature, of this moment."""
    now = clock.now()
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    host = urlsplit(place.endpoint).netloc
    digest = hashlib.sha256(body).hexdigest()
    sent = {**headers, "host": host, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    escaped = quote(path, safe="/-_.~")
    asked = "&".join(f"{_escaped(name)}={_escaped(query[name])}" for name in sorted(query))
    names = ";".join(sorted(sent))
    lines = "".join(f"{name}:{sent[name].strip()}\n" for name in sorted(sent))
    canonical = f"{method}\n{escaped}\n{asked}\n{lines}\n{names}\n{digest}"
    scope = f"{day}/{place.region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{place.secret}".encode()
    for part in (day, place.region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    sent["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={place.key_id}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return Request(
        url=f"{place.endpoint}{escaped}" + (f"?{asked}" if asked else ""),
        method=method,
        headers=sent,
        body=body,
        most_bytes=_MOST_BYTES,
        most_redirects=0,
        seconds=_SECONDS,
    )


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")
