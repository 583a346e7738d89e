"""Hands documents to a server over HTTP, with the standard library alone.

No redirect is followed: the token is for the server that was named, not for where it points to.
"""

from __future__ import annotations

import gzip
import http.client
import json
import ssl
from urllib.parse import quote, urlsplit

from vedette.audit.destination import Destination
from vedette.audit.document import MOST_BYTES, Document, write_document
from vedette.audit.errors import NotTaken
from vedette.audit.walk import shown

_SECONDS = 60.0
_MOST_ANSWER = 1 << 16
_WORDS = {
    401: "the token is not good there",
    403: "the token may not do that",
    404: "there is no such project, or the token does not see it",
    413: "it is too large",
}


def send(to: Destination, project: str, document: Document) -> str:
    """Upload one document; returns the address of the page on which it stands.

    Raises `NotTaken` with the server's words.
    """
    text = write_document(document)
    if len(text) > MOST_BYTES:
        raise NotTaken(
            f"{shown(project)}: the audit has {len(text):,} bytes, more than {MOST_BYTES:,}; "
            "leave out the snippets, or accept what is known"
        )
    organization = to.organization or _only_organization(to)
    path = f"/api/0/projects/{quote(organization, safe='')}/{quote(project, safe='')}/audits/"
    answer = _ask(to, "POST", path, gzip.compress(text, 6, mtime=0), f"{shown(project)}: ")
    url = answer.get("url") if isinstance(answer, dict) else None
    return shown(url)[:500] if isinstance(url, str) else to.url


def _only_organization(to: Destination) -> str:
    """The organisation of a token that knows only one."""
    found = _ask(to, "GET", "/api/0/organizations/", None, "the organisations: ")
    rows = found if isinstance(found, list) else []
    slugs = [one["slug"] for one in rows if isinstance(one, dict) and "slug" in one]
    if len(slugs) != 1:
        raise NotTaken("which organisation? Name it with --org, or in SENTRY_ORG")
    return str(slugs[0])


def _ask(to: Destination, method: str, path: str, body: bytes | None, about: str) -> object:
    parts = urlsplit(to.url)
    headers = {"Authorization": f"Bearer {to.token}", "Accept": "application/json"}
    if body is not None:
        headers |= {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.request(method, parts.path.rstrip("/") + path, body, headers)
        answer = connection.getresponse()
        text = answer.read(_MOST_ANSWER)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise NotTaken(f"{shown(to.url)} does not answer: {shown(str(error))}") from error
    finally:
        connection.close()
    said = _read(text)
    if 300 <= answer.status < 400:
        raise NotTaken(f"{about}the server sends elsewhere (status {answer.status}): name its own")
    if answer.status >= 400:
        raise NotTaken(about + _refusal(answer.status, said))
    return said


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=context)
    return http.client.HTTPConnection(host, port, timeout=_SECONDS)


def _read(text: bytes) -> object:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _refusal(status: int, said: object) -> str:
    detail = said.get("detail") if isinstance(said, dict) else None
    own = _WORDS.get(status, f"the server refused it (status {status})")
    return f"{own}: {shown(detail)[:500]}" if isinstance(detail, str) else own
