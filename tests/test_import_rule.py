"""The import rule of ARCHITECTURE.md: which part of the product may know which."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys

import pytest

from tests.imports import PACKAGE, Import, imports_of, is_below
from vedette.store.table import Table

WITHOUT_DJANGO = (
    "wire",
    "spool",
    "blobs",
    "store",
    "items",
    "search",
    "http",
    "ingest",
    "pipeline",
    "sourcemaps",
    "symbols",
    "crashes",
    "rules",
    "spans",
    "explore",
    "tracing",
    "trends",
    "problems",
    "recordings",
    "crons",
    "probing",
    "uptime",
    "options",
    "relay",
    "filters",
    "backups",
    "audit",
)
DOMAIN = (
    *("access", "accounts", "projects", "issues", "releases", "artifacts", "sources"),
    *("connections", "alerts", "channels", "configuration", "trackers", "workflow", "push"),
    *("telemetry", "replays", "queries", "detecting", "dashboards", "monitors", "statuspages"),
    *("control", "usage", "storage", "exporting", "imports", "feedback", "audits"),
)
ALLOWED_OF_OURS = {
    "wire": ("vedette.wire",),
    "claim": (),
    "framing": (),
    "allocation": (),
    "spool": ("vedette.spool", "vedette.wire", "vedette.claim"),
    "store": (
        *("vedette.store", "vedette.claim", "vedette.framing", "vedette.kinds"),
        "vedette.allocation",
    ),
    "blobs": ("vedette.blobs",),
}
DRAWERS = (
    "vedette.items",
    "vedette.options",
    "vedette.filters",
    "vedette.commands",
    "vedette.roles",
    "vedette.reactions",
    "vedette.loops",
    "vedette.search.operators",
    "vedette.store.expressions",
    "vedette.explore.datasets",
    "vedette.explore.functions",
    "vedette.pipeline.grouping.languages",
    "vedette.pipeline.grouping.past",
    "vedette.sources.providers",
    "vedette.problems.detectors",
    "vedette.audits.joins",
    "vedette.audit.languages",
    "vedette.audit.reports",
    "vedette.audit.rules",
    "vedette.rules.measures",
    "vedette.rules.sources",
    "vedette.channels",
    "vedette.trackers.hosts",
    "vedette.exporting.formats",
    "vedette.imports",
    "vedette.probing.kinds",
    "vedette.configuration",
    "vedette.dashboards.widgets",
    "vedette.web.pages",
    "vedette.web.api.sentry",
)
# What the system asks for itself: nobody sees these answers but as a count or a health check.
GRANTERS = {
    "granted": {"access/access.py"},
    "of_system": {
        "alerts/asking.py",
        "audits/looking.py",
        "commands/doctor.py",
        "control/sampling.py",
        "detecting/reading.py",
        "detecting/recordings.py",
        "exporting/asking.py",
        "imports/_events.py",
        "health.py",
        "issues/escalation.py",
        "loops/_blobs.py",
        "loops/_status_paces.py",
        "loops/assigning.py",
        "monitors/figures.py",
        "pipeline/reingest.py",
        "pipeline/repair.py",
        "releases/adoption.py",
        "replays/letting_go.py",
        "storage/enforcing.py",
        "storage/issue_texts.py",
        "storage/measuring.py",
        "storage/person_search.py",
        "storage/removing.py",
        "storage/rescrubbing.py",
        "storage/room.py",
        "store/large_values.py",
        "trackers/drafting.py",
    },
    "_make": {"store/visible.py"},
}


@pytest.mark.parametrize("package", ALLOWED_OF_OURS)
def test_the_lowest_packages_know_only_what_is_listed(package: str) -> None:
    """The protocol, the spool, the store and the blobs can be read and used by themselves."""
    allowed = ALLOWED_OF_OURS[package]
    wrong = [
        str(one)
        for one in imports_of(package)
        if is_below(one.target, "vedette") and not any(is_below(one.target, ok) for ok in allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize("package", WITHOUT_DJANGO)
def test_no_source_on_the_hot_path_names_django(package: str) -> None:
    """From the door to the store nothing imports Django or an app, not even in a function."""
    apps = ("django", *(f"vedette.{app}" for app in DOMAIN), "vedette.web", "vedette.settings")
    wrong = [str(one) for one in imports_of(package) if any(is_below(one.target, a) for a in apps)]
    assert wrong == []


def test_the_hot_path_loads_without_django() -> None:
    """Importing every module of these packages in a fresh process does not load Django."""
    modules = [name for package in WITHOUT_DJANGO for name in _modules(f"vedette.{package}")]
    lines = [f"import {name}" for name in modules]
    code = "\n".join(["import sys", *lines, "sys.exit('django' in sys.modules)"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or "Django was loaded"
    assert len(modules) > 50


@pytest.mark.parametrize("app", DOMAIN)
def test_the_domain_knows_no_pages(app: str) -> None:
    """Models and logic can be used without the web interface."""
    assert [str(one) for one in imports_of(app) if is_below(one.target, "vedette.web")] == []


def test_only_access_control_grants_what_may_be_seen() -> None:
    """`VisibleProjects` is granted to people and tokens in two places, to the system in a few."""
    found: dict[str, set[str]] = {"granted": set(), "of_system": set(), "_make": set()}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in found:
                found[node.attr].add(path.relative_to(PACKAGE).as_posix())
    assert found == GRANTERS


@pytest.mark.parametrize("drawer", DRAWERS)
def test_the_files_of_a_drawer_are_not_known_by_name(drawer: str) -> None:
    """From outside, a drawer's files are found by listing it; only tables are imported by name."""
    folder = importlib.import_module(drawer).__path__
    names = (info.name for info in pkgutil.iter_modules(folder) if info.name[0] != "_")
    kinds = {f"{drawer}.{name}" for name in names}
    wrong = [
        str(one)
        for path in sorted(PACKAGE.iterdir())
        if path.suffix == ".py" or (path / "__init__.py").exists()
        for one in imports_of(path.stem)
        if not is_below(one.module, drawer)
        and any(is_below(one.target, kind) for kind in kinds)
        and not _is_table(one)
    ]
    assert wrong == []


def _is_table(one: Import) -> bool:
    module, _, name = one.target.rpartition(".")
    return module.startswith("vedette.items.") and isinstance(
        getattr(importlib.import_module(module), name), Table
    )


def _modules(name: str) -> list[str]:
    package = importlib.import_module(name)
    found = pkgutil.walk_packages(package.__path__, name + ".")
    return [name, *(info.name for info in found)]
