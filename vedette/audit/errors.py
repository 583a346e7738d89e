"""What can go wrong with an audit as a whole; what is wrong with one file is said in its facts."""

from __future__ import annotations


class AuditError(Exception):
    """The audit cannot be made; the message says why and what the reader can do."""


class NoFolder(AuditError):
    """What is to be audited is no folder that can be listed."""


class Stuck(AuditError):
    """A process that reads files has ended or hangs."""


class Misasked(AuditError):
    """An option, a setting or a file of settings is wrong."""


class NotTaken(AuditError):
    """A server did not take the audit."""
