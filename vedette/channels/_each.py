"""Messages that go to several recipients one after the other: each gets it once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from vedette.channels import ChannelBroken, DeliveryError, MessageRefused, Parcel

_MOST_SECONDS = 30.0


def send_to_each(
    recipients: Iterable[str], parcel: Parcel, send: Callable[[str], None]
) -> tuple[int, list[str]]:
    """How many have it now, and why others never will.

    One who cannot be reached keeps no other waiting: the error is raised after the others have
    it, and the next try leaves those out. Raises what the last one raised if nobody can have it.
    """
    reached = list(parcel.reached)
    refused: list[DeliveryError] = []
    later: DeliveryError | None = None
    end = time.monotonic() + _MOST_SECONDS
    for recipient in recipients:
        if recipient in reached:
            continue
        try:
            send(recipient)
        except (ChannelBroken, MessageRefused) as error:
            refused.append(error)
        except DeliveryError as error:
            later = error
            if error.retry_after is not None or time.monotonic() > end:
                break
        else:
            reached.append(recipient)
    if later is not None:
        later.reached = reached
        raise later
    if refused and not reached:
        raise refused[-1]
    return len(reached), [str(error) for error in refused]
