"""The imports of the product's modules, read from their source without running them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import vedette

PACKAGE = Path(vedette.__file__).parent


class Import(NamedTuple):
    """One imported name: `module` wants `target`, written in full, in `line`."""

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def imports_of(package: str) -> Iterator[Import]:
    """Every import below a package or module of the product, also those within functions."""
    root = PACKAGE.joinpath(*package.split("."))
    files = sorted(root.rglob("*.py")) if root.is_dir() else [root.with_suffix(".py")]
    for path in files:
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        module = ".".join(parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(module, alias.name, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{module}: relative imports hide what is imported"
                for alias in node.names:
                    yield Import(module, f"{node.module}.{alias.name}", node.lineno)


def is_below(name: str, package: str) -> bool:
    """Whether a dotted name is the package or lies in it."""
    return name == package or name.startswith(package + ".")
