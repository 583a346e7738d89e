"""A digester: one share of the spool through the pipeline's steps, into the owner's hands.

It needs neither Django nor a database; what it must know of projects it asks the owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vedette.config import Config
from vedette.roles import Role

if TYPE_CHECKING:
    from vedette.pipeline.loop import Digester
    from vedette.pipeline.scrub.fields import Fields

_STATUS_SECONDS = 1.0


def load(config: Config) -> None:
    """The steps, with the tables that they build once."""
    import vedette.filters
    import vedette.items
    import vedette.pipeline.loop
    import vedette.pipeline.remote
    import vedette.pipeline.warm

    vedette.filters.filters()
    vedette.items.kinds()
    vedette.pipeline.warm.warm_up(config.max_event_bytes)


ROLE = Role(order=20, instances=lambda config: config.digester_count, load=load)


def run(config: Config, index: int = 0) -> None:
    """Work until SIGTERM; the batch at hand is finished."""
    import os
    import signal
    import sys
    import threading

    from vedette import logs
    from vedette.claim import Claimed, claim
    from vedette.garbage import spare_what_is_loaded
    from vedette.pipeline.warm import warm_up

    logs.start(config.log_level, "digester")
    share = config.run_folder / f"digester-{index}"
    share.mkdir(parents=True, exist_ok=True)
    try:
        held = claim(share)  # two on one share would only get into each other's way
    except Claimed as error:
        raise SystemExit(str(error)) from None
    digester = build(config, index)
    warm_up(config.max_event_bytes)
    # A batch is tens of thousands of objects without cycles: looking at them all again and
    # again costs 4 % and finds nothing.
    spare_what_is_loaded(50_000, 20, 50)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    thread = threading.Thread(target=digester.run, name="digester")
    thread.start()
    while not stopping.wait(_STATUS_SECONDS):
        if not thread.is_alive():
            sys.exit(1)  # to be restarted
        digester.note_status()
    digester.stop()
    thread.join()
    os.close(held)


def build(config: Config, index: int = 0) -> Digester:
    """The digester of this share, connected to the owner's socket."""
    from vedette.blobs import BlobFolder
    from vedette.blobs.packed import PackedFolder
    from vedette.pipeline.context import Context
    from vedette.pipeline.dead import DeadLetters
    from vedette.pipeline.loop import Digester
    from vedette.pipeline.offenders import Offenders
    from vedette.pipeline.remote import OwnerClient
    from vedette.sealing.sealer import Sealer
    from vedette.sourcemaps.symbolicator import Symbolicator
    from vedette.symbols.reader import SymbolReader

    owner = OwnerClient(config.owner_socket)
    artifacts = PackedFolder(config.artifact_folder)
    config.spool_folder.mkdir(parents=True, exist_ok=True)
    return Digester(
        spool_folder=config.spool_folder,
        bell=config.bell(index),
        owner=owner,
        blobs=BlobFolder(config.blob_folder),
        context=Context(
            owner.settings,
            max_event_bytes=config.max_event_bytes,
            symbolicator=Symbolicator(
                owner.artifacts,
                artifacts,
                version_of=owner.artifacts_version,
            ),
            symbols=SymbolReader(owner.symbols, artifacts),
            offenders=Offenders(config.run_folder, index),
            digesters=config.digester_count,
            fields=_fields(config, index),
        ),
        dead=DeadLetters(config.data / "dead", Sealer(config.data)),
        index=index,
        count=config.digester_count,
    )


def _fields(config: Config, index: int) -> Fields:
    """The secret fields that are known of this share's replays, whoever had these before."""
    from vedette.pipeline.scrub.fields import Fields
    from vedette.spool.shares import share_of

    own = config.run_folder / f"digester-{index}" / "fields"
    others = sorted(set(config.run_folder.glob("digester-*/fields")) - {own})

    def is_mine(page: str) -> bool:
        return share_of(page.partition(":")[2], config.digester_count) == index

    return Fields(own, others, is_mine)
