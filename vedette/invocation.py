"""How this program is called from where the person is: what is printed must work when pasted."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from vedette.config import Config


def line(config: Config, *words: str) -> str:
    """A command line that runs `vedette WORDS` on this data folder."""
    data = [] if config.data == Path.cwd() / Config().data else ["--data", str(config.data)]
    return shlex.join([*_program(), *words, *data])


def _program() -> list[str]:
    """`vedette` where the shell finds it, else a path to it, else this Python's `-m vedette`."""
    script = Path(sys.executable).with_name("vedette")
    found = shutil.which("vedette")
    if found is not None and Path(found).absolute() == script:
        return ["vedette"]
    if script.exists():
        return [_from_here(script)]
    return [_from_here(Path(sys.executable)), "-m", "vedette"]


def _from_here(path: Path) -> str:
    """The path relative to the working folder if it lies below it."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
