"""What `/-/metrics` says, in the Prometheus text format."""

from __future__ import annotations

from typing import Any

from vedette.exposition import Page
from vedette.http.forwarder import Forwarder
from vedette.http.guard import Guard
from vedette.http.lag import Lag
from vedette.ingest.app import Door


def write(
    report: dict[str, Any],
    worker: dict[str, Any],
    *,
    door: Door,
    pages: Forwarder,
    guard: Guard,
    lag: Lag,
) -> str:
    """All metrics: of the health report, of the worker's note and of the door itself."""
    page = Page()
    _product(page, report, worker)
    _prober(page, report["prober"])
    _door(page, door)
    _connections(page, pages, guard)
    page.histogram("event_loop_lag_seconds", "How late the door's event loop was.", lag)
    page.gauge("event_loop_lag_max_seconds", "The latest it was in a minute or two.", lag.highest)
    return page.text()


def _product(page: Page, report: dict[str, Any], worker: dict[str, Any]) -> None:
    spool = report["spool"]
    page.gauge("up", "1 if nothing is wrong.", float(report["status"] == "ok"))
    page.gauge("spool_backlog_bytes", "Bytes not yet processed.", spool["backlog_bytes"])
    page.gauge(
        "spool_backlog_seconds", "How long the oldest of them has waited.", spool["backlog_seconds"]
    )
    page.gauge("disk_free_bytes", "Free disk.", report["disk"]["free_bytes"])
    page.gauge("store_bytes", "Size of the store.", worker.get("store_bytes", 0))
    page.gauge("dead_records", "Records set aside.", report["dead_records"])
    page.counter("items_total", "Items processed.", worker.get("items", 0))
    page.counter("batches_total", "Batches written.", worker.get("batches", 0))
    page.counter("worker_cpu_seconds_total", "CPU of the worker.", worker.get("cpu_seconds", 0))
    page.counters(
        "step_seconds_total",
        "Time spent in each step of the pipeline.",
        "step",
        worker.get("step_seconds", {}),
    )


def _prober(page: Page, prober: dict[str, Any]) -> None:
    if "checks" not in prober:
        return
    page.gauge("monitors", "Monitors that are looked at.", prober["monitors"])
    page.counter("checks_total", "Looks that were begun.", prober["checks"])
    page.counter("missed_slots_total", "Looks that came too late to count.", prober["missed_slots"])
    page.gauge(
        "check_lateness_p99_seconds",
        "How late 99 of 100 looks began, at most.",
        prober["late_p99_ms"] / 1000,
    )


def _door(page: Page, door: Door) -> None:
    page.counters(
        "ingest_requests_total", "Requests at the door by status.", "status", door.statuses
    )
    page.gauge("ingest_held_bytes", "Request bodies in memory.", door.memory.held_bytes)
    page.gauge("ingest_held_peak_bytes", "The most there were.", door.memory.peak_bytes)
    page.gauge("ingest_held_disk_bytes", "Large request bodies on disk.", door.disk.held_bytes)
    page.gauge("ingest_large_waiting", "Large bodies that wait to be opened.", door.lane.waiting)
    page.counter("ingest_large_total", "Large bodies that were opened apart.", door.lane.opened)


def _connections(page: Page, pages: Forwarder, guard: Guard) -> None:
    page.gauge("connections", "Open connections.", len(guard))
    page.counter("connections_refused_total", "Refused: their address has many.", guard.refused)
    page.counter("connections_expired_total", "Ended: they waited too long.", guard.expired)
    page.gauge("pages_busy", "Requests at the pages.", pages.pages.busy)
    page.gauge("pages_waiting", "Requests that wait for the pages.", pages.pages.waiting)
    page.gauge("pages_streams", "Live streams.", pages.streams.busy)
