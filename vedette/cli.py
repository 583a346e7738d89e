"""The command line: finds the commands in their drawer and runs one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from types import ModuleType

from vedette import __version__, django_setup, folder
from vedette.config import Config, ConfigError, load
from vedette.kinds import discover
from vedette.standard_files import open_missing


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status, 2 for a wrong setting or argument."""
    open_missing()
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and (not hasattr(options, "words") or any(one.startswith("-") for one in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        options.words += rest  # words that an option stood between
    if not hasattr(options, "command"):
        parser.print_help()
        return 0
    try:
        config = load(data=options.data, listen=getattr(options, "listen", None))
    except ConfigError as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 2
    config = _absolute(config)
    folder.keep_private(config.data)
    django_setup.export(config)
    try:
        return int(options.command.run(config, options) or 0)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vedette", description="Errors, monitoring and alerts in one program."
    )
    parser.add_argument("--version", action="version", version=f"vedette {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND")
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for module in discover("vedette.commands"):
        _add(module, commands, groups)
    return parser


def _add(
    module: ModuleType,
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]],
) -> None:
    group, _, name = module.NAME.rpartition(" ")
    if group and group not in groups:
        parent = commands.add_parser(group, help=f"{group} commands")
        groups[group] = parent.add_subparsers(metavar="COMMAND", required=True)
    parser = (groups[group] if group else commands).add_parser(
        name, help=module.HELP, description=module.HELP
    )
    parser.add_argument("--data", type=Path, help="folder that holds everything (VEDETTE_DATA)")
    module.arguments(parser)
    parser.set_defaults(command=module)


def _absolute(config: Config) -> Config:
    import dataclasses

    return dataclasses.replace(config, data=config.data.absolute())
