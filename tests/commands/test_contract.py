"""What every command of the drawer promises."""

from __future__ import annotations

import argparse
from types import ModuleType

import pytest

from vedette import cli
from vedette.kinds import discover

COMMANDS = discover("vedette.commands")
each = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.NAME)


@each
def test_a_command_has_the_four_parts(command: ModuleType) -> None:
    """`NAME`, `HELP`, `arguments` and `run`, and a docstring that shows how it is called."""
    assert all(word.islower() for word in command.NAME.split(" "))
    assert command.HELP[0].islower()
    assert not command.HELP.endswith(".")
    assert callable(command.run)
    command.arguments(argparse.ArgumentParser())
    assert (command.__doc__ or "").startswith(f"`vedette {command.NAME}")


@each
def test_a_command_explains_itself(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """`vedette NAME --help` shows its line of help and where the data lies."""
    with pytest.raises(SystemExit) as ended:
        cli.main([*command.NAME.split(), "--help"])
    assert ended.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert command.HELP in shown
    assert "--data" in shown


def test_names_are_not_given_twice() -> None:
    """No command hides another."""
    names = [command.NAME for command in COMMANDS]
    assert len(names) == len(set(names))


def test_the_program_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`vedette` alone shows the list."""
    assert cli.main([]) == 0
    shown = capsys.readouterr().out
    assert all(command.NAME.split()[0] in shown for command in COMMANDS)
