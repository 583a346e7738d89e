"""The registry of kinds: a drawer's folder listing is the list of its kinds."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from types import ModuleType


def discover(package: str) -> list[ModuleType]:
    """Import every module of the drawer `package` and return them sorted by name.

    A module whose name starts with an underscore is not a kind. An import error is raised:
    a broken kind must stop the start, not vanish.
    """
    drawer = importlib.import_module(package)
    names = sorted(
        info.name for info in pkgutil.iter_modules(drawer.__path__) if info.name[0] != "_"
    )
    return [importlib.import_module(f"{package}.{name}") for name in names]


def django_apps() -> list[str]:
    """The packages of the product that are Django apps: those with an `apps` module."""
    root = importlib.import_module("vedette")
    packages = sorted(info.name for info in pkgutil.iter_modules(root.__path__) if info.ispkg)
    return [
        f"vedette.{name}"
        for name in packages
        if importlib.util.find_spec(f"vedette.{name}.apps") is not None
    ]
