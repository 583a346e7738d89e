"""The worker goes on whatever befalls the notes it writes."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from vedette import health
from vedette.config import Config
from vedette.roles.worker import Worker


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.usefixtures("rollback")
def test_a_full_disk_does_not_end_the_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It starts, says once that it cannot note its status, and notes it when there is room."""
    config = Config(data=tmp_path)
    config.run_folder.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", _full)
        patch.setattr("vedette.store.catalog.write_file", _full)
        worker = Worker(config)
        worker.serve()
        worker.note_status()
        worker.note_status()
        assert caplog.text.count("status cannot be noted") == 1
        assert health.accepts(config.store_socket)
    worker.note_status()
    assert health.read_status(config, "worker") is not None
    worker.stop()
