"""Echo requests to a host, where the system lets us send them."""

from __future__ import annotations

import asyncio
from typing import Any

from vedette.probing import place
from vedette.probing.connecting import judged_addresses
from vedette.probing.icmp import Pinger
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings
from vedette.probing.result import Outcome
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.settings import Reading

_BETWEEN_SECONDS = 0.1
_LATEST_SECONDS = 3.0  # after the last packet
_LEFT_SECONDS = 0.1  # of the deadline, to say what did not come
_FIELDS = (
    place.fields("shop.example")[0],
    ProbeField(
        name="count", label="Packets", form="number", default=3, least=1, most=20, is_rare=True
    ),
    ProbeField(
        name="max_loss_pct",
        label="Loss at most (%)",
        help="Beyond, it is degraded; it is down when nothing comes back.",
        form="number",
        default=40,
        most=100,
        is_rare=True,
    ),
)


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    host = place.read_host(reading, "host")
    count, most = reading.whole("count"), reading.number("max_loss_pct")
    reading.finish()

    async def look(run: Run) -> None:
        address = (await judged_addresses(run, host))[0]
        run.facts["address"] = address
        pinger = Pinger(address)
        try:
            await _ping(run, pinger, count)
        finally:
            pinger.close()
        _judge(run, pinger, count, most)

    return probe_of(look)


async def _ping(run: Run, pinger: Pinger, count: int) -> None:
    try:
        for number in range(count):
            if number:
                await asyncio.sleep(_BETWEEN_SECONDS)
            pinger.send(number)
        left = run.around.seconds - run.milliseconds / 1000 - _LEFT_SECONDS
        async with asyncio.timeout(min(max(left, 0), _LATEST_SECONDS)):
            await pinger.wait(count)
    except TimeoutError:
        return
    except OSError as error:
        raise Failed("unreachable", error.strerror or str(error)) from None


def _judge(run: Run, pinger: Pinger, count: int, most: float) -> None:
    times = sorted(pinger.answers.values())
    loss = 100 * (count - len(times)) / count
    run.facts["loss_pct"] = round(loss, 1)
    if not times:
        if pinger.unreachable:
            raise Failed("unreachable", pinger.unreachable)
        raise Failed("timeout", f"none of {count} packets came back")
    run.phases["round_trip"] = sum(times) / len(times)
    run.facts |= {"least_ms": round(times[0], 3), "most_ms": round(times[-1], 3)}
    if loss > most:
        text = f"{loss:.0f} % of the packets were lost, more than {most:g} %"
        raise Failed("loss", text, outcome=Outcome.DEGRADED)


def _target(settings: Settings) -> str:
    return str(settings["host"])


def _sample() -> dict[str, Any]:
    return {"host": "127.0.0.1"}


PROBE = ProbeKind(
    name="ping",
    label="Ping",
    help="Sends echo requests, where the system lets it.",
    fields=_FIELDS,
    reasons=COMMON_REASONS | {"unreachable", "loss"},
    prepare=_prepare,
    target=_target,
    hosts=place.hosts,
    sample=_sample,
)
