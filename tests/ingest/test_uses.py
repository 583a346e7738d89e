"""What the door notes of keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.ingest.doorway import KEY, Doorway
from vedette import clock
from vedette.ingest.keys import Key
from vedette.spool.meta import Use, decode_uses


def _uses(door: Doorway) -> list[Use]:
    """What it writes into the spool."""
    door.run(door.door._spool_uses())
    bodies = [body for meta, body in door.records() if meta.kind == "uses"]
    return [use for body in bodies for use in decode_uses(body)]


def test_a_request_is_noted_with_its_client_and_clock(door: Doorway) -> None:
    """How far the sender's clock is ahead is said by the envelope's time of sending."""
    sent = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    body = f'{{"sent_at":"{sent}"}}\n{{"type":"event"}}\n{{}}'.encode()
    header = f"Sentry sentry_key={KEY}, sentry_client=sentry.python/2.40.0"
    for _ in range(3):
        assert door.send(body=body, headers={"X-Sentry-Auth": header}).status == 200
    (use,) = _uses(door)
    assert (use.accepted, use.client, use.refused) == (3, "sentry.python/2.40.0", {})
    assert use.ahead_seconds is not None
    assert 7100 < use.ahead_seconds <= 7200
    assert abs(use.accepted_at - clock.timestamp()) < 60
    assert _uses(door) == [use]  # nothing new


def test_refusals_of_a_known_key_are_noted_with_their_reason(door: Doorway) -> None:
    """Whatever it is: the key's state, the limit, the body. A stranger's key is nobody's."""
    key = KEY
    door.keys[key] = Key(42, is_active=False)
    door.run(door.door.keys._refresh())
    door.send()
    door.keys[key] = Key(42, kinds=("session",))
    door.run(door.door.keys._refresh())
    door.send()
    door.keys[key] = Key(42)
    door.run(door.door.keys._refresh())
    door.send(body=b"no envelope")
    door.send(auth=False, query="sentry_key=" + "e" * 32)
    (use,) = _uses(door)
    assert use.accepted == 0
    assert set(use.refused.values()) == {1}
    assert {"disabled_key", "malformed_envelope"} < set(use.refused)
    assert len(use.refused) == 3
