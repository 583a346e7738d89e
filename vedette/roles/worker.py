"""The worker role: the pipeline, the store's owner and the loops."""

from __future__ import annotations

import logging
import resource
import signal
import sys
import threading
from datetime import timedelta
from types import FrameType

from vedette import clock, django_setup, health, items, logs
from vedette.blobs import BlobFolder
from vedette.config import Config
from vedette.pipeline.context import Context
from vedette.pipeline.dead import DeadLetters
from vedette.pipeline.loop import Pipeline
from vedette.pipeline.scrub import ScrubSettings
from vedette.store.duck import DuckStore
from vedette.store.remote import StoreServer
from vedette.store.table import Retention

log = logging.getLogger("vedette.worker")

_STATUS_SECONDS = 1.0


def run(config: Config) -> None:
    """Work until SIGTERM; the batch at hand is finished and the store checkpointed."""
    logs.start(config.log_level, "worker")
    django_setup.setup(config)
    worker = Worker(config)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.start()
    while not stopping.wait(_STATUS_SECONDS):
        worker.note_status()
        if not worker.is_alive():
            log.critical("the pipeline's thread has died; the process ends to be restarted")
            sys.exit(1)
    worker.stop()


class Worker:
    """Everything the role owns, started in order and stopped in reverse."""

    def __init__(self, config: Config) -> None:
        from vedette.issues.sink import IssueSink

        self._config = config
        config.spool_folder.mkdir(parents=True, exist_ok=True)
        self.store = DuckStore(
            config.store_folder,
            items.tables(),
            memory_bytes=config.store_memory_bytes,
            threads=config.store_threads,
        )
        self._server = StoreServer(self.store, config.store_socket)
        self._blobs = BlobFolder(config.blob_folder)
        self._dead = DeadLetters(config.data / "dead")
        defaults = ScrubSettings(ip_addresses=config.scrub_ip_addresses, emails=config.scrub_emails)
        domain = IssueSink(defaults)
        self.pipeline = Pipeline(
            spool_folder=config.spool_folder,
            bell=config.run_folder / "spool.bell",
            store=self.store,
            blobs=self._blobs,
            domain=domain,
            context=Context(domain.scrubbing, max_event_bytes=config.max_event_bytes),
            dead=self._dead,
            housekeeping=self.apply_retention,
        )
        self._thread = threading.Thread(target=self.pipeline.run, name="pipeline")

    def start(self) -> None:
        """Answer questions first, then process."""
        self._server.start()
        self._thread.start()
        self.note_status()

    def stop(self) -> None:
        """Finish the batch, checkpoint, close."""
        self.pipeline.stop()
        self._thread.join()
        self._server.stop()
        self.store.close()

    def is_alive(self) -> bool:
        """Whether the pipeline runs."""
        return self._thread.is_alive()

    def apply_retention(self) -> None:
        """Delete what is older than its retention or belongs to nobody; between batches."""
        from vedette.projects import removal

        today = clock.now().date()
        days = {
            Retention.TELEMETRY: self._config.retention_days,
            Retention.KEPT_ITEMS: self._config.kept_items_retention_days,
        }
        for retention, count in days.items():
            self.store.drop_before(retention, today - timedelta(days=count))
        self._blobs.remove_before(clock.timestamp() - self._config.retention_days * 86400)
        removed = removal.projects_to_purge()
        if removed:
            self.store.purge_projects(removed)
            removal.mark_purged(removed)

    def note_status(self) -> None:
        """Write down what the other processes may want to know."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        health.note_status(
            self._config,
            "worker",
            {
                **self.pipeline.counts,
                "dead": self._dead.count(),
                "store_bytes": self.store.size_bytes(),
                "step_seconds": self.pipeline.timings.seconds,
                "step_items": self.pipeline.timings.items,
                "cpu_seconds": usage.ru_utime + usage.ru_stime,
            },
        )
