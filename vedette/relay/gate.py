"""For whom a relay works: the projects and keys it is told, and no host but its upstream's."""

from __future__ import annotations

from urllib.parse import urlsplit

from vedette.http.asgi import Scope
from vedette.ingest.credentials import agree
from vedette.ingest.errors import Forbidden, IngestError, Unauthorized
from vedette.ingest.request import Request
from vedette.ingest.routes import Route
from vedette.relay.options import Options
from vedette.wire.auth import AuthError, Credentials, parse_dsn

TUNNEL = Route("envelope", "", argument="tunnel")


class Gate:
    """Lets requests in, or raises IngestError."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def check_way(self, scope: Scope) -> None:
        """Raises IngestError for what this relay has sent itself and would send for ever."""
        own = self._options.name.encode()
        if any(name == b"via" and own in value for name, value in scope["headers"]):
            raise IngestError("the relay's upstream leads back to itself", status=508, reason="way")

    def check(self, credentials: Credentials, route: Route) -> None:
        """Raises IngestError for a project or key that is not relayed."""
        project = route.project
        if project and not (project.isascii() and project.isdigit() and len(project) < 20):
            raise IngestError("invalid project id: digits are needed", reason="project_id")
        if not self._options.takes(credentials.public_key, project):
            raise Forbidden("this relay takes nothing for this project or key", reason="key")

    def meet(self, request: Request, dsn: str) -> Credentials:
        """Whose an envelope is that says so in its first line; a tunnel leads to one upstream."""
        if not dsn:
            raise Unauthorized("missing authorization information", reason="auth")
        try:
            _, project = parse_dsn(dsn)
        except AuthError as error:
            raise IngestError(str(error), status=error.status, reason="auth") from None
        if not self._options.tunnels_to(urlsplit(dsn).hostname or ""):
            raise Forbidden("this relay does not lead to the dsn's host", reason="tunnel")
        if request.route is TUNNEL:
            request.route = Route("envelope", project, argument="tunnel")
        credentials = agree(request.route, None, dsn)
        self.check(credentials, request.route)
        return credentials
