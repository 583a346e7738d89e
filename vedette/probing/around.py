"""What a probe is given when it is run: how long it may take, and where it may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vedette.outgoing.addresses import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """`seconds` bounds the whole run; `allowed` are networks that are not public and may be
    talked to, as the installation says (see `vedette.outgoing.addresses`).
    """

    seconds: float = 10.0
    allowed: Sequence[Network] = ()
