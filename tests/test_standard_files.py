"""Input, output and errors are there whatever the caller has closed."""

from __future__ import annotations

import subprocess
import sys

import pytest

_CLOSED = """
import os, sys
from vedette.standard_files import flush, open_missing
open_missing()
opened = os.open("/dev/null", os.O_RDONLY)
flush()
print("unheard", file=sys.stderr)
sys.exit(opened)
"""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_no_other_file_takes_the_place_of_one_that_is_closed(closed: str) -> None:
    """The next one is the fourth, in whatever order they were closed."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, _CLOSED],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    assert done.returncode == 3
