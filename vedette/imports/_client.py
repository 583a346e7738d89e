"""A patient client of another product's API: pages, limits that are told, answers that fail.

Requests go through the house's fetcher, to the address that was given and no other.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import xxhash

from vedette import clock
from vedette.imports._records import ImportFailed
from vedette.outgoing.errors import OutgoingError, Refused
from vedette.outgoing.fetcher import Answer, Fetcher, Request
from vedette.store.durable import write_file

_MOST_BYTES = 64 << 20
_SECONDS = 60.0
_TRIES = 6
_MOST_WAIT_SECONDS = 300.0
_MOST_EMPTY = 100  # pages in a row: a list that is being deleted from has some
_NEXT = re.compile(r'<([^>]*)>([^<]*?rel="next"[^<]*)')
_CURSOR = re.compile(r'cursor="([^"]*)"')


class Client:
    """Asks below one address with one token."""

    def __init__(
        self,
        fetcher: Fetcher,
        base: str,
        token: str,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._fetcher = fetcher
        self._base = base.rstrip("/")
        self._headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        self._pause = pause

    def get(self, path: str, **query: str) -> Any:
        """The JSON of a path; None if there is no such thing. Raises ImportFailed."""
        return self._ask(path, query)[0]

    def pages(self, path: str, **query: str) -> Iterator[list[dict[str, Any]]]:
        """The pages of a list, as Sentry links them. Raises ImportFailed."""
        cursor: str | None = ""
        turns = _Turns(f"{self._base}{path}")
        while cursor is not None:
            turns.begin(cursor)
            found, headers = self._ask(path, {**query, **({"cursor": cursor} if cursor else {})})
            page = _objects(found)
            turns.end(len(page))
            yield page
            cursor = next_cursor(headers.get("link", ""))

    def results(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """The entries of a list whose answers say where the next part is. Raises ImportFailed."""
        turns = _Turns(f"{self._base}{path}")
        while True:
            turns.begin(urlencode(query))
            found = self.get(path, **query)
            if not isinstance(found, dict):
                return
            page = _objects(found.get("results"))
            turns.end(len(page))
            yield from page
            following = parse_qs(urlsplit(str(found.get("next") or "")).query)
            if not following:
                return
            query = {name: values[-1] for name, values in following.items()}

    def _ask(self, path: str, query: Mapping[str, str]) -> tuple[Any, Mapping[str, str]]:
        url = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        request = Request(url=url, headers=self._headers, most_bytes=_MOST_BYTES, seconds=_SECONDS)
        why = ""
        for attempt in range(_TRIES):
            try:
                answer = self._fetcher.fetch(request)
            except Refused as error:
                raise ImportFailed(f"{error} (VEDETTE_OUTGOING_NETWORKS allows more)") from None
            except OutgoingError as error:
                why = str(error)
                self._pause(2.0**attempt)
                continue
            if answer.status == 429 or answer.status >= 500:
                why = f"{url} answers with {answer.status}"
                self._pause(_wait_seconds(answer, attempt))
                continue
            self._keep_limit(answer)
            if urlsplit(answer.url).hostname != urlsplit(url).hostname:
                raise ImportFailed(f"{url} leads to {answer.url}: is that the address to give?")
            return _decoded(answer), answer.headers
        raise ImportFailed(f"{why}; what was taken stays: import again later to go on")

    def _keep_limit(self, answer: Answer) -> None:
        """Wait where this answer was the last that is allowed for now."""
        if answer.headers.get("x-sentry-rate-limit-remaining") == "0":
            self._pause(_until_reset(answer))


class _Turns:
    """The pages of one list, which must come to an end whatever the other side says."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._seen: set[str] = set()
        self._empty = 0

    def begin(self, page: str) -> None:
        """Raises ImportFailed for a page that was there before."""
        if page in self._seen:
            raise ImportFailed(f"the pages of {self._url} go in a circle")
        self._seen.add(page)

    def end(self, count: int) -> None:
        """Raises ImportFailed where too many pages in a row had nothing."""
        self._empty = 0 if count else self._empty + 1
        if self._empty > _MOST_EMPTY:
            raise ImportFailed(f"the pages of {self._url} are empty and have no end")


def _objects(found: Any) -> list[dict[str, Any]]:
    """The objects of a list; nothing else can be taken over."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def next_cursor(link: str) -> str | None:
    """The cursor of the next page in a Link header; None on the last one."""
    found = _NEXT.search(link)
    if found is None or 'results="false"' in found[2]:
        return None
    cursor = _CURSOR.search(found[2])
    if cursor is not None:
        return cursor[1] or None
    return next(iter(parse_qs(urlsplit(found[1]).query).get("cursor", ())), None)


def _decoded(answer: Answer) -> Any:
    if answer.status == 404:
        return None
    if answer.status in (401, 403):
        raise ImportFailed(f"the token may not read {answer.url} ({answer.status})")
    if answer.status != 200:
        raise ImportFailed(f"{answer.url} answers with {answer.status}")
    if answer.is_cut:
        raise ImportFailed(f"the answer of {answer.url} is longer than {_MOST_BYTES:,} bytes")
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ImportFailed(f"{answer.url} answers with something that is no JSON") from None


def _wait_seconds(answer: Answer, attempt: int) -> float:
    told = _number(answer, "retry-after")
    if told is None:
        told = _until_reset(answer) if answer.status == 429 else 0.0
    return min(max(told, 2.0**attempt), _MOST_WAIT_SECONDS)


def _until_reset(answer: Answer) -> float:
    reset = _number(answer, "x-sentry-rate-limit-reset")
    if reset is None:
        return 1.0
    return min(max(reset - clock.timestamp(), 0.0), _MOST_WAIT_SECONDS)


def _number(answer: Answer, header: str) -> float | None:
    """What a header says; None where it says no number."""
    try:
        told = float(answer.headers.get(header, ""))
    except ValueError:
        return None
    return told if isfinite(told) else None


class Progress:
    """Which issues were taken whole, in a file, so that they are not asked for again.

    One for each source and the organisation that was asked for; by project, since what is known
    of one that was removed here meanwhile has to be taken anew.
    """

    def __init__(self, folder: Path, *names: str) -> None:
        self._path = folder / f"{xxhash.xxh3_64_hexdigest(chr(0).join(names).encode())}.done"
        self._done: set[str] = set()
        if self._path.exists():
            self._done = set(self._path.read_text().split("\n"))

    def has(self, project: str, name: str) -> bool:
        """Whether this one was taken whole."""
        return f"{project} {name}" in self._done

    def note(self, project: str, name: str) -> None:
        """This one is whole."""
        self._done.add(f"{project} {name}")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(f"{project} {name}\n")

    def drop(self, project: str) -> None:
        """Nothing of this project is here."""
        left = {one for one in self._done if not one.startswith(f"{project} ")}
        if left != self._done:
            self._done = left
            write_file(self._path, "".join(f"{one}\n" for one in sorted(left)).encode())


def api_arguments(parser: argparse.ArgumentParser, *, url: str = "") -> None:
    """Where the other product is, and the token for it."""
    if url:
        parser.add_argument("--url", default=url, help=f"default: {url}")
    else:
        parser.add_argument("--url", required=True, help="its address")
    secret = parser.add_mutually_exclusive_group(required=True)
    secret.add_argument("--token", help="an API token that may read")
    secret.add_argument("--token-file", type=Path, help="a file that holds it")
    parser.add_argument("--project", action="append", default=[], metavar="SLUG")
    parser.add_argument("--most-events", type=_count, default=100, help="of an issue; default: 100")


def _count(text: str) -> int:
    found = int(text)
    if found < 0:
        raise ValueError(f"{found} events are none")
    return found


def client_of(options: argparse.Namespace, fetcher: Fetcher) -> Client:
    """The client for what the command line says."""
    try:
        token = options.token or options.token_file.read_text().strip()
    except OSError as error:
        raise ImportFailed(f"the token cannot be read: {error}") from None
    return Client(fetcher, options.url, token)
