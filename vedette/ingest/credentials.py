"""What a request says of who sends it: in its head, or in the first line of its envelope."""

from __future__ import annotations

from urllib.parse import parse_qs

from vedette.ingest.errors import Forbidden, IngestError, Unauthorized
from vedette.ingest.routes import Route
from vedette.wire.auth import AuthError, Credentials, find_credentials, parse_dsn


def credentials_of(route: Route, headers: dict[bytes, bytes], query: bytes) -> Credentials | None:
    """What the request itself brings; only an envelope may bring none. Raises IngestError."""
    try:
        dsn = _dsn_of(route, headers, query)
        if dsn:
            return parse_dsn(dsn)[0]
        found = find_credentials(
            headers.get(b"x-sentry-auth", b""),
            headers.get(b"authorization", b""),
            query,
            route.path_key,
        )
    except AuthError as error:
        raise IngestError(str(error), status=error.status, reason="auth") from None
    except ValueError:
        raise IngestError("too many query parameters", reason="malformed") from None
    if found is None and route.endpoint != "envelope":
        raise Unauthorized("missing authorization information", reason="auth")
    return found


def _dsn_of(route: Route, headers: dict[bytes, bytes], query: bytes) -> str:
    """The whole DSN, by which the report dialog and the older reports say whose they are."""
    if route.endpoint == "embed":
        return parse_qs(query.decode("latin-1"), max_num_fields=100).get("dsn", [""])[0]
    scheme, _, rest = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return rest.strip() if route.endpoint == "report" and scheme.lower() == "dsn" else ""


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
