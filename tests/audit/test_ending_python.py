"""What ends a task of Python, and is taken: where somebody meant to, it is not told."""

from __future__ import annotations

from pathlib import Path

from tests.audit.checkouts import findings
from vedette.audit.finding import Severity


def _weighed(folder: Path, rule: str, app: str) -> list[Severity]:
    found = sorted(findings(folder, {"app.py": app}, rule), key=lambda one: one.line)
    return [one.severity for one in found]


def test_a_cancellation_that_is_noted_is_not_swallowed(tmp_path: Path) -> None:
    """Where the function asks for it and ends; where nobody asks it is."""
    app = """
async def finish(work):
    cancelled = False
    while not work.done():
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
async def poll(queue):
    while queue.is_open:
        try:
            await queue.step()
        except asyncio.CancelledError:
            was_cancelled = True
"""
    found = findings(tmp_path, {"app.py": app}, "swallow.base-exception")
    assert [one.function for one in found] == ["poll"]


def test_the_end_of_a_generator_is_for_generators(tmp_path: Path) -> None:
    """It comes where one waits, and not out of a result that is there."""
    app = """
async def close(tasks):
    for task in tasks:
        try:
            task.result()
        except (Exception, GeneratorExit):
            log.exception("not closed")
async def drain(tasks):
    for task in tasks:
        try:
            await task.step()
        except (Exception, GeneratorExit):
            log.exception("not closed")
"""
    found = findings(tmp_path, {"app.py": app}, "swallow.base-exception")
    assert [one.function for one in found] == ["drain"]


def test_an_end_that_is_dropped_by_the_way_is_not_shown(tmp_path: Path) -> None:
    """A bare handler that does nothing; where one is named or logs, the end was thought of."""
    app = """
async def collect(page):
    try:
        await page.collect()
    except:
        pass
async def step(page):
    try:
        await page.step()
    except:
        log.exception("no step")
async def leave(clients):
    for client in clients:
        try:
            await client.disconnect()
        except BaseException:
            log.debug("not left")
"""
    assert _weighed(tmp_path, "swallow.base-exception", app) == [Severity.INFO, Severity.URGENT]
