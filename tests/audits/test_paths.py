"""Which file of an audit a frame means."""

from __future__ import annotations

import time

from vedette.audits.paths import Paths


def test_a_name_costs_the_same_among_many_files_that_are_called_alike() -> None:
    """A stack of two hundred frames is placed at once in a repository of 50,000 packages."""
    paths = Paths(f"packages/p{place}/src/index.ts" for place in range(50_000))
    before = time.process_time()
    found = [paths.of(f"/srv/packages/p{place}/src/index.ts") for place in range(200)]
    assert time.process_time() - before < 1.0
    assert found == [f"packages/p{place}/src/index.ts" for place in range(200)]
    assert paths.of("other/src/index.ts") == ""


def test_the_file_that_shares_most_is_meant() -> None:
    """Two parts at least; of two that share as much the one that is the end as a whole."""
    paths = Paths(["a.py", "src/a.py", "lib/src/a.py", "lib/b.py", "x/c/d.py", "y/c/d.py"])
    assert paths.of("srv/lib/src/a.py") == "lib/src/a.py"
    assert paths.of("srv/src/a.py") == "src/a.py"
    assert paths.of("a.py") == "a.py"
    assert paths.of("other/b.py") == ""
    assert paths.of("z/c/d.py") == ""
