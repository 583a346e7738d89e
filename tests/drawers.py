"""A kind from outside: one file in a folder of its own, found like those of the drawer."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent


@contextmanager
def added(
    package: str, name: str, source: str, folder: Path, *, forget: tuple[Callable[[], None], ...]
) -> Iterator[None]:
    """The drawer with one more file, `name`.py or `name`/__init__.py as `source` says.

    `forget` clears what was remembered of the drawer, before and after.
    """
    drawer = importlib.import_module(package)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(dedent(source))
    drawer.__path__.append(str(folder))
    importlib.invalidate_caches()
    for clear in forget:
        clear()
    try:
        yield
    finally:
        drawer.__path__.remove(str(folder))
        sys.modules.pop(f"{package}.{name}", None)
        if hasattr(drawer, name):
            delattr(drawer, name)
        for clear in forget:
            clear()
