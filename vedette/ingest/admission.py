"""Who may come in: from a request's credentials to the key that opens its project.

A refusal of a known key is counted; one of a stranger is nobody's to see.
"""

from __future__ import annotations

from vedette import clock
from vedette.ingest.errors import Forbidden, IngestError, RateLimited
from vedette.ingest.forms import REASON, FormLimit
from vedette.ingest.keys import Key, KeyTable
from vedette.ingest.networks import is_within
from vedette.ingest.origins import is_allowed
from vedette.ingest.routes import Route
from vedette.ingest.tally import Tally
from vedette.ingest.uses import Uses
from vedette.wire.auth import Credentials


class Admission:
    """Looks at keys, projects and origins."""

    def __init__(self, keys: KeyTable, tally: Tally, uses: Uses) -> None:
        self._keys = keys
        self._tally = tally
        self._uses = uses
        self._forms = FormLimit()

    async def find_key(
        self, credentials: Credentials, route: Route, headers: dict[bytes, bytes], address: str
    ) -> Key:
        """The key's entry, if it opens this project. Raises IngestError."""
        key = self._keys.known(credentials.public_key) or await self._keys.find(
            credentials.public_key
        )
        try:
            known = self.check_key(key, route, headers, address)
            if route.endpoint == "feedback":
                self._take_form(credentials.public_key, known, address)
            return known
        except IngestError as error:
            if key is not None:
                self._uses.refused(credentials.public_key, key, error.reason)
            raise

    def _take_form(self, public_key: str, key: Key, address: str) -> None:
        try:
            self._forms.take(public_key, address)
        except RateLimited:
            self._tally.count(key.project_id, "feedback", "rate_limited", REASON, 1)
            raise

    def check_key(
        self, key: Key | None, route: Route, headers: dict[bytes, bytes], address: str
    ) -> Key:
        """The key, if it opens this project to this origin and address. Raises IngestError."""
        project = route.project
        if project and not (project.isascii() and project.isdigit() and len(project) < 20):
            raise IngestError("invalid project id: digits are needed", reason="project_id")
        if key is None:
            raise Forbidden("event submission rejected with_reason: ProjectId", reason="key")
        if project and not key.opens(int(project)):
            raise Forbidden("event submission rejected with_reason: ProjectId", reason="project_id")
        if not key.is_active:
            self._tally.count(key.project_id, "default", "filtered", "disabled_key", 1)
            raise Forbidden(
                "event submission rejected with_reason: disabled key", reason="disabled_key"
            )
        if key.works_until and clock.timestamp() >= key.works_until:
            self._tally.count(key.project_id, "default", "filtered", "expired_key", 1)
            raise Forbidden(
                "event submission rejected with_reason: expired key", reason="expired_key"
            )
        if key.networks and not is_within(address, key.networks):
            self._tally.count(key.project_id, "default", "filtered", "network", 1)
            raise Forbidden("event submission rejected with_reason: Network", reason="network")
        if key.allowed_domains and not is_allowed(_origin(headers), key.allowed_domains):
            self._tally.count(key.project_id, "default", "filtered", "cors", 1)
            raise Forbidden("event submission rejected with_reason: Cors", reason="cors")
        return key


def _origin(headers: dict[bytes, bytes]) -> str | None:
    found = headers.get(b"origin") or headers.get(b"referer")
    return None if found is None else found.decode("latin-1")
