"""`vedette demo` where no server runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path


def test_without_a_server_it_says_what_to_do(tmp_path: Path) -> None:
    """In words, before anything of the folder is read: there may be no database yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    done = subprocess.run(
        [sys.executable, "-m", "vedette", "demo", "--data", str(tmp_path), "--listen", place],
        env={**os.environ, "VEDETTE_LISTEN": place},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"nothing answers at http://{place}" in done.stderr
    assert "vedette serve" in done.stderr
    assert "Traceback" not in done.stderr
