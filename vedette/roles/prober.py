"""The prober: looks at what is watched, in a process of its own, so that nothing delays it.

It is there only while there is a monitor for which a probe is to be run.
"""

from __future__ import annotations

from vedette.config import Config
from vedette.roles import Role

ROLE = Role(order=25, is_wanted=lambda config: config.prober_wanted.exists())


def run(config: Config, index: int = 0) -> None:
    """Work until SIGTERM; what was found is in the spool then."""
    import asyncio
    import signal

    import uvloop

    from vedette import django_setup, logs
    from vedette.garbage import spare_what_is_loaded

    logs.start(config.log_level, "prober")
    django_setup.setup(config)
    from vedette.monitors.prober.service import Service
    from vedette.probing.kinds import probes

    kinds = probes()
    spare_what_is_loaded(20_000, 50, 100)

    async def work() -> None:
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        await Service(config, kinds).run(stopping)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())
