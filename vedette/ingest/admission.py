"""Who may come in: from a request's credentials to the key that opens its project.

A refusal of a known key is counted; one of a stranger is nobody's to see.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from vedette.ingest.errors import Forbidden, IngestError, Unauthorized
from vedette.ingest.inspection import Inspection
from vedette.ingest.keys import Key, KeyTable
from vedette.ingest.routes import Route
from vedette.ingest.tally import Tally
from vedette.wire.auth import AuthError, Credentials, find_credentials, parse_dsn


class Admission:
    """Looks at keys, projects and origins."""

    def __init__(self, keys: KeyTable, tally: Tally) -> None:
        self._keys = keys
        self._tally = tally

    def credentials(
        self, route: Route, headers: dict[bytes, bytes], query: bytes
    ) -> Credentials | None:
        """What the request itself brings; only an envelope may bring none. Raises IngestError."""
        try:
            found = find_credentials(
                headers.get(b"x-sentry-auth", b""),
                headers.get(b"authorization", b""),
                query,
                route.path_key,
            )
        except AuthError as error:
            raise IngestError(str(error), status=error.status, reason="auth") from None
        if found is None and route.endpoint != "envelope":
            raise Unauthorized("missing authorization information", reason="auth")
        return found

    async def agree(
        self,
        route: Route,
        headers: dict[bytes, bytes],
        credentials: Credentials | None,
        seen: Inspection,
    ) -> tuple[Credentials, Key]:
        """The key of the request; an envelope's `dsn` stands in for it, and must not contradict."""
        if seen.headers.dsn:
            try:
                from_dsn, project = parse_dsn(seen.headers.dsn)
            except AuthError as error:
                if credentials is None:
                    raise IngestError(str(error), status=error.status, reason="auth") from None
            else:
                if credentials is None and project == route.project:
                    credentials = from_dsn
                elif (
                    credentials is None
                    or project != (route.project or project)
                    or credentials.public_key != from_dsn.public_key
                ):
                    raise Forbidden(
                        "the envelope's dsn names another key or project", reason="project_mismatch"
                    )
        if credentials is None:
            raise Unauthorized("missing authorization information", reason="auth")
        return credentials, await self.find_key(credentials, route, headers)

    async def find_key(
        self, credentials: Credentials, route: Route, headers: dict[bytes, bytes]
    ) -> Key:
        """The key's entry, if it opens this project. Raises IngestError."""
        project = route.project
        if project and not (project.isascii() and project.isdigit() and len(project) < 20):
            raise IngestError("invalid project id: digits are needed", reason="project_id")
        key = self._keys.known(credentials.public_key) or await self._keys.find(
            credentials.public_key
        )
        if key is None:
            raise Forbidden("event submission rejected with_reason: ProjectId", reason="key")
        if project and int(project) != key.project_id:
            raise Forbidden("event submission rejected with_reason: ProjectId", reason="project_id")
        if not key.is_active:
            self._tally.count(key.project_id, "default", "filtered", "disabled_key", 1)
            raise Forbidden("event submission rejected with_reason: disabled key", reason="key")
        if key.allowed_domains and not _is_allowed_origin(headers, key.allowed_domains):
            self._tally.count(key.project_id, "default", "filtered", "cors", 1)
            raise Forbidden("event submission rejected with_reason: Cors", reason="cors")
        return key


def _is_allowed_origin(headers: dict[bytes, bytes], allowed: tuple[str, ...]) -> bool:
    """Whether the sending page may send; requests that no browser made have no origin."""
    origin = headers.get(b"origin") or headers.get(b"referer")
    if origin is None or "*" in allowed:
        return True
    text = origin.decode("latin-1").lower()
    host = urlsplit(text).hostname or ""
    return any(
        entry == host
        or text.startswith(entry if "://" in entry else "\0")
        or (entry.startswith("*.") and host.endswith(entry[1:]))
        for entry in allowed
    )
