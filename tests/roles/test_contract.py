"""What every role of the drawer promises."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from vedette import runtime
from vedette.kinds import discover

ROLES = discover("vedette.roles")


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
def test_a_role_is_run_with_the_settings_alone(role: ModuleType) -> None:
    """`run(config)` is all that a process needs to play it."""
    assert list(inspect.signature(role.run).parameters) == ["config"]
    assert role.__doc__


def test_the_supervisor_starts_roles_that_exist() -> None:
    """Each supervised role has a file in the drawer."""
    assert set(runtime.ROLES) <= {role.__name__.rpartition(".")[2] for role in ROLES}
