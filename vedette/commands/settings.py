"""`vedette settings`: every setting with its default and one line of help."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import fields

from vedette.config import PREFIX, Config

NAME = "settings"
HELP = "list every setting"

_UNITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to print."""
    parser.add_argument("--markdown", action="store_true", help="as the table of the docs")


def run(config: Config, options: argparse.Namespace) -> int:
    """Print the fields of `Config`."""
    if options.markdown:
        print("\n".join(markdown()))
        return 0
    for name, default, text in _lines():
        print(f"{name:<38}{default:<20}{text}")
    return 0


def markdown() -> Iterator[str]:
    """The lines of the table in docs/configure.md."""
    yield "| setting | default | what it does |"
    yield "|---|---|---|"
    for name, default, text in _lines():
        yield f"| `{name}` | {f'`{default}`' if default else ''} | {text} |"


def _lines() -> Iterator[tuple[str, str, str]]:
    defaults = Config()
    for field in fields(Config):
        default = getattr(defaults, field.name)
        shown = _size(default) if field.name.endswith("_bytes") else _written(default)
        yield PREFIX + field.name.upper(), shown, field.metadata["help"]


def _written(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _size(size_bytes: int) -> str:
    for factor, unit in _UNITS:
        if size_bytes % factor == 0:
            return f"{size_bytes // factor}{unit}"
    return str(size_bytes)
