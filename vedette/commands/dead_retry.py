"""`vedette dead retry`: process the records that were set aside once more."""

from __future__ import annotations

import argparse

from vedette.config import Config

NAME = "dead retry"
HELP = "process the records that were set aside once more"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(config: Config, options: argparse.Namespace) -> int:
    """Append them to a spool of their own, then take them out of the folder."""
    import asyncio

    from vedette.pipeline.dead import DeadLetters
    from vedette.sealing.sealer import Sealer
    from vedette.spool.writer import SpoolWriter

    dead = DeadLetters(config.data / "dead", Sealer(config.data))
    held = list(dead.records())

    async def append() -> None:
        writer = SpoolWriter(config.spool_folder / "retried", segment_bytes=64 << 20)
        writer.start(asyncio.get_running_loop())
        for path, record in held:
            await writer.append(record.meta, record.body)
            dead.remove(path)
        await writer.stop()

    if held:
        asyncio.run(append())
    print(f"{len(held)} records are processed once more.")
    return 0
