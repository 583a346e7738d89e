"""Sessions in the database under a hash of their key: a copy of the table opens no session."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

_CHARACTERS = 40  # the column's width: 160 of the hash's bits


class SessionStore(DatabaseSessions):
    """Django's sessions, but that the browser alone holds the key itself."""

    def exists(self, session_key: str) -> bool:
        """Whether the key is taken."""
        return super().exists(_hashed(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row of this session."""
        row = super().create_model_instance(data)
        row.session_key = _hashed(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Remove a session, by default this one."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(_hashed(key))

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        held = self.model.objects.filter(session_key=_hashed(self.session_key or ""))
        row: AbstractBaseSession | None = held.filter(expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return row


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:_CHARACTERS]
