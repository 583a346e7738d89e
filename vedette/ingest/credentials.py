"""What a request says of who sends it: in its head, or in the first line of its envelope."""

from __future__ import annotations

from vedette.ingest.errors import Forbidden, IngestError, Unauthorized
from vedette.ingest.routes import Route
from vedette.wire.auth import AuthError, Credentials, find_credentials, parse_dsn


def credentials_of(route: Route, headers: dict[bytes, bytes], query: bytes) -> Credentials | None:
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


def agree(route: Route, credentials: Credentials | None, dsn: str | None) -> Credentials:
    """The credentials of the request; an envelope's `dsn` stands in and must agree."""
    if dsn:
        try:
            from_dsn, project = parse_dsn(dsn)
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
    return credentials
