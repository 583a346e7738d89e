"""`vedette settings`: every setting with its default and one line of help."""

from __future__ import annotations

import argparse
from dataclasses import fields

from vedette.config import PREFIX, Config

NAME = "settings"
HELP = "list every setting"


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to print."""
    parser.add_argument("--markdown", action="store_true", help="as the table of the docs")


def run(config: Config, options: argparse.Namespace) -> int:
    """Print the fields of `Config`."""
    if options.markdown:
        print("| setting | default | what it does |\n|---|---|---|")
    for field in fields(Config):
        name, default, text = PREFIX + field.name.upper(), field.default, field.metadata["help"]
        shown = "" if default == "" else str(default)
        if options.markdown:
            print(f"| `{name}` | {f'`{shown}`' if shown else ''} | {text} |")
        else:
            print(f"{name:<38}{shown:<20}{text}")
    return 0
