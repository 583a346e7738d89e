"""The worker: the owner of store and metadata, and the background loops."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from vedette.config import Config
from vedette.roles import Role

if TYPE_CHECKING:
    from vedette.store.duck import DuckStore

log = logging.getLogger("vedette.worker")

_STATUS_SECONDS = 1.0


def load(config: Config) -> None:
    """All but DuckDB, which nobody else works with and which was not made to be forked."""
    from vedette import django_setup

    django_setup.setup(config)
    import vedette.items
    import vedette.loops
    import vedette.loops._runner
    import vedette.pipeline.owner
    import vedette.pipeline.remote
    import vedette.reactions
    import vedette.reactions._domain
    import vedette.storage.enforcing
    import vedette.storage.forgetting
    import vedette.storage.room
    import vedette.store.remote

    vedette.items.tables()
    vedette.loops.loops()
    vedette.reactions.reactions()


ROLE = Role(order=10, load=load)


def run(config: Config, index: int = 0) -> None:
    """Work until SIGTERM; the batch at hand is committed and the store checkpointed."""
    import signal
    import threading

    from vedette import django_setup, logs
    from vedette.garbage import spare_what_is_loaded
    from vedette.store import access

    logs.start(config.log_level, "worker")
    django_setup.setup(config)
    from vedette.leases.spools import SpoolHeldElsewhere  # has models

    try:
        worker = Worker(config)
    except SpoolHeldElsewhere as error:
        log.error("%s", error)
        raise SystemExit(1) from None
    access.use(worker.store)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    worker.start()
    spare_what_is_loaded(50_000, 20, 50)  # batches come as tens of thousands of objects
    while not stopping.wait(_STATUS_SECONDS):
        worker.note_status()
    worker.stop()


class Worker:
    """Everything the role owns, started in order and stopped in reverse. Needs Django."""

    def __init__(self, config: Config) -> None:
        from vedette import items
        from vedette.backups.holding import HoldServer
        from vedette.blobs import BlobFolder
        from vedette.loops import House, loops
        from vedette.loops._runner import LoopRunner
        from vedette.pipeline.dead import DeadLetters
        from vedette.pipeline.owner import StoreOwner
        from vedette.pipeline.remote import OwnerServer
        from vedette.reactions._domain import ReactingDomain
        from vedette.sealing.sealer import Sealer
        from vedette.store.duck import DuckStore
        from vedette.store.remote import StoreServer

        self._config = config
        config.spool_folder.mkdir(parents=True, exist_ok=True)
        self.store = DuckStore(
            config.store_folder,
            items.tables(),
            memory_bytes=config.store_memory_bytes,
            threads=config.store_threads,
        )
        self._questions = StoreServer(self.store, config.store_socket)
        _own_the_spool(config, self.store)
        domain = ReactingDomain(config, issues_per_hour=config.project_issues_per_hour)
        blobs = BlobFolder(config.blob_folder)
        self.owner = StoreOwner(self.store, domain, config.spool_folder, blobs)
        self._handovers = OwnerServer(self.owner, config.owner_socket)
        self._backups = HoldServer(self.owner, self.store, config.run_folder)
        self._dead = DeadLetters(config.data / "dead", Sealer(config.data))
        house = House(
            config=config,
            store=self.store,
            owner=self.owner,
            blobs=blobs,
            dead=self._dead,
        )
        self.loops = LoopRunner(house, loops())
        self._is_noted = True

    def start(self) -> None:
        """Answer questions first, then take batches, then begin the loops."""
        self.serve()
        self.loops.start()
        self.note_status()

    def serve(self) -> None:
        """Answer questions and take batches."""
        self._questions.start()
        self._handovers.start()
        self._backups.start()

    def stop(self) -> None:
        """Take no more batches, let the loops end, checkpoint, close."""
        self._backups.stop()
        self._handovers.stop()
        self.owner.close()
        self.loops.stop()
        try:
            self.owner.checkpoint()
        except Exception:
            log.exception("no checkpoint at the end; the spool keeps what it would have held")
        self._questions.stop()
        self.store.close()
        _leave_the_spool(self._config)

    def note_status(self) -> None:
        """Write down what the other processes may want to know; a failure is only logged."""
        try:
            self._note_status()
            self._is_noted = True
        except Exception as error:
            if self._is_noted:  # once, not every second: the log may lie on the same full disk
                log.error("the worker's status cannot be noted: %s", error)
            self._is_noted = False

    def _note_status(self) -> None:
        import resource

        from vedette import health

        usage = resource.getrusage(resource.RUSAGE_SELF)
        health.note_status(
            self._config,
            "worker",
            {
                **self.owner.counts,
                **_digesters(self.owner.digesters),
                "dead": self._dead.count(),
                "store_bytes": self.store.size_bytes(),
                "refused_rows": self.store.refused_rows,
                "ids_lost": self.store.ids_lost,
                "owner_cpu_seconds": usage.ru_utime + usage.ru_stime,
                "loops": self.loops.status,
            },
        )


def _own_the_spool(config: Config, store: DuckStore) -> None:
    """See that what is noted under the spool's name is its own. Raises SpoolHeldElsewhere.

    Without a database nothing can be noted, by nobody: it is seen to when that is back.
    """
    from django.db import Error

    from vedette.issues.settling import settle
    from vedette.leases.spools import hold

    try:
        hold(config.spool_folder)
        settle(config.spool_folder, store.replay_position)
        hold(config.spool_folder)
    except Error as error:
        log.warning("whose positions the database holds cannot be seen yet: %s", error)


def _leave_the_spool(config: Config) -> None:
    from django.db import Error, close_old_connections

    from vedette.leases.spools import leave

    close_old_connections()  # this thread's is as old as the process
    try:
        leave(config.spool_folder)
    except Error as error:
        log.warning("the name of the spool is free only after a while: %s", error)


def _digesters(noted: dict[str, dict[str, float]]) -> dict[str, Any]:
    """What the digesters tell, added up."""
    steps: dict[str, float] = {}
    total = {"cpu_seconds": 0.0, "step_items": 0.0}
    for status in noted.values():
        for name, value in status.items():
            if name.startswith("step:"):
                step = name.removeprefix("step:")
                steps[step] = steps.get(step, 0.0) + value
            elif name in total:
                total[name] += value
    return {**total, "step_seconds": steps}
