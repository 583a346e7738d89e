"""Why an outgoing request got no answer."""


class OutgoingError(Exception):
    """A request that got no answer; the text says what failed and what to do."""


class Refused(OutgoingError):
    """The request must not be made: its scheme, address or redirect is not allowed."""


class Unreachable(OutgoingError):
    """The name does not resolve, or nobody answers there, or the certificate is wrong."""


class TimedOut(OutgoingError):
    """The whole exchange took longer than it may."""
