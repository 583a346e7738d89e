"""The HTTP request at hand, and the command that repeats it."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from vedette.web.pages.issue.frames import http_link
from vedette.web.pages.issue.payload import Payload, mapping, pairs, text
from vedette.web.remarks import Remarks
from vedette.web.values import Budget, Entry, Shown, show_entries, show_value

_NOT_REPEATED = {"host", "content-length", "connection", "accept-encoding", "cookie"}
_MOST_PARSED = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """The request. `link` is empty unless the address is http or https."""

    method: str
    url: str
    link: str
    query: list[Entry]
    headers: list[Entry]
    cookies: list[Entry]
    environment: list[Entry]
    body: Shown | None
    curl: str


def make_request(payload: Payload, budget: Budget) -> RequestView | None:
    """The request of the event, if it has one."""
    held, remarks = mapping(payload.get("request")), Remarks.of(payload).at("request")
    if not any(held.values()):
        return None
    url, query = _split(held)
    headers, cookies = pairs(held.get("headers")), _cookies(held.get("cookies"))
    body = held.get("data")
    return RequestView(
        method=text(held.get("method")).upper(),
        url=url,
        link=http_link(url),
        query=show_entries(dict(query), remarks.at("query_string"), budget),
        headers=show_entries(dict(headers), remarks.at("headers"), budget),
        cookies=show_entries(dict(cookies), remarks.at("cookies"), budget),
        environment=show_entries(mapping(held.get("env")), remarks.at("env"), budget),
        body=show_value(_parsed(body), remarks.at("data"), budget)
        if body or remarks.at("data").words
        else None,
        curl=curl_command(held),
    )


def curl_command(held: Payload) -> str:
    """The request as a cURL command; every part is quoted for the shell."""
    url, query = _split(held)
    if not http_link(url):
        return ""
    address = url + ("?" + urlencode([(key, text(value)) for key, value in query]) if query else "")
    method = text(held.get("method")).upper()
    parts = [f"curl {shlex.quote(address)}"]
    if method and method != "GET":
        parts.append(f"-X {shlex.quote(method)}")
    for name, value in pairs(held.get("headers")):
        if name.lower() not in _NOT_REPEATED:
            parts.append(f"-H {shlex.quote(f'{name}: {_flat(value)}')}")
    cookies = _cookies(held.get("cookies"))
    if cookies:
        joined = "; ".join(f"{name}={text(value)}" for name, value in cookies)
        parts.append(f"-b {shlex.quote(joined)}")
    if held.get("data"):
        body = held["data"]
        parts.append(
            "--data-raw " + shlex.quote(body if isinstance(body, str) else json.dumps(body))
        )
    return " \\\n  ".join(parts)


def _split(held: Payload) -> tuple[str, list[tuple[str, Any]]]:
    """The address without its query, and the query from wherever the client put it."""
    url = text(held.get("url"))
    query = held.get("query_string")
    found = _query_pairs(query) if isinstance(query, str) else pairs(query)
    bare, _, inside = url.partition("?")
    if not found and inside:
        found = _query_pairs(inside.partition("#")[0])
    return bare if found else url, found


def _query_pairs(query: str) -> list[tuple[str, Any]]:
    try:
        return list(parse_qsl(query.lstrip("?"), keep_blank_values=True, max_num_fields=500))
    except ValueError:
        return [("", query)]


def _cookies(held: object) -> list[tuple[str, Any]]:
    if isinstance(held, str):
        split = (part.partition("=") for part in held.split(";") if part.strip())
        return [(name.strip(), value) for name, _, value in split]
    return pairs(held)


def _parsed(body: object) -> object:
    """A JSON body sent as text reads better as its structure."""
    if not isinstance(body, str) or len(body) > _MOST_PARSED or body[:1] not in ("{", "["):
        return body
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


def _flat(value: object) -> str:
    parts = value if isinstance(value, list) else [value]
    return ", ".join(text(part) for part in parts).replace("\r", " ").replace("\n", " ")
