"""What is drawn beneath a heat map is read in time that grows with its length."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import vedette.web

FLATTENING = Path(vedette.web.__file__).parent / "instruments/replay/frame/flattening.js"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_digits_without_end_in_a_style_are_read_at_once() -> None:
    """Half a million; each looked at to the end of all would take longer than any visitor waits."""
    pattern = re.search(r"OF_THE_WINDOW = (/.+/[a-z]+);", FLATTENING.read_text())
    assert pattern is not None
    script = f"'9'.repeat(500_000).concat('px').replace({pattern[1]}, '')"
    node = shutil.which("node")
    assert node is not None
    subprocess.run([node, "-e", script], check=True, timeout=20)
