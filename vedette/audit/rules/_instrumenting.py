"""Which packages are deployed, and how they start an SDK of Sentry's protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from vedette.audit.facts import Call, FileFacts, Value
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.standing import standing

_INIT = re.compile(r"(@sentry/[\w/-]+|sentry_sdk)\.init")
_NODE = (
    *("next", "nuxt", "express", "fastify", "koa", "@nestjs/core", "@hapi/hapi", "hono", "polka"),
    *("socket.io", "ws", "bullmq", "react-dom", "preact", "vue", "svelte", "@angular/core"),
    *("@remix-run/node", "@sveltejs/kit", "react-native", "electron"),
)
_PYTHON = ("django", "flask", "fastapi", "starlette", "celery", "aiohttp", "tornado", "sanic")
_STARTS = ("start", "dev", "serve", "start:prod", "develop")
_ASIDE = re.compile(
    r"(?:^|[/@_-])(?:ui|ui-kit|design(?:-system)?|components?|storybook|mocks?|examples?|demos?"
    r"|playground|templates?|docs|e2e|tests?)(?:$|[/_-])"
)
_CONFIG = re.compile(r"(?:^|/)(?:sentry[\w.]*|instrumentation[\w-]*)\.[mc]?[jt]s$")
_BROWSER_SDK = re.compile(r"@sentry/(?:browser|react|vue|svelte|angular|solid)")
_BROWSER_FILE = re.compile(r"(?:^|/)(?:instrumentation-client|sentry\.client[\w.]*)\.\w+$")
_PYTHON_STARTS = re.compile(r"(?:^|/)(?:manage|wsgi|asgi|main|app|server|celery|worker)\.py$")


@lru_cache(maxsize=8)
def inits(project: Project) -> tuple[tuple[FileFacts, Call, str], ...]:
    """Every start of an SDK outside of tests and examples: file, call, the module it is of."""
    found: list[tuple[FileFacts, Call, str]] = []
    for path, outline in project.outlines.items():
        if standing(path) in ("test", "example"):
            continue
        for name, place in outline.uses:
            known = _INIT.fullmatch(name)
            if known:
                facts = project.facts(path)
                found.append((facts, facts.calls[place], known[1]))
    return tuple(found)


def options_of(call: Call) -> Value | None:
    """The options that an init is given as they are written; None if they come from elsewhere."""
    for one in call.arguments:
        if one.kind == "object":
            return one
    return None if call.arguments else Value(kind="object")


def has_unseen(options: Value) -> bool:
    """Whether a part of the options comes from elsewhere (`...shared`)."""
    return any(value.kind == "spread" or key in ("", "**") for key, value in options.items)


def deployed(project: Project) -> Iterator[Package]:
    """The packages that run for people: with a framework and a way to start."""
    paths = [path for path in project.outlines if project.is_product(path)]
    owners = {(one.folder, one.ecosystem) for one in map(project.package, paths)}
    for package in project.packages:
        if (package.folder, package.ecosystem) not in owners or is_aside(package):
            continue
        if _is_started_node(package) or _is_started_python(package, paths):
            yield package


def is_aside(package: Package) -> bool:
    """Whether a package is a test, an example or a tool beside the product."""
    path = f"{package.folder}/x.ts" if package.folder else "x.ts"
    return standing(path) in ("test", "example") or any(
        _ASIDE.search(one) for one in (package.name, package.folder.rpartition("/")[2])
    )


def _is_started_node(package: Package) -> bool:
    starts = any(one in package.scripts for one in _STARTS)
    is_library = package.is_published and "start" not in package.scripts
    is_node = package.ecosystem == "node"
    return is_node and package.has(*_NODE) and starts and not is_library


def _is_started_python(package: Package, paths: list[str]) -> bool:
    if package.ecosystem != "python" or not package.has(*_PYTHON) or package.is_published:
        return False
    folder = f"{package.folder}/" if package.folder else ""
    return bool(package.entries) or any(
        path.startswith(folder) and _PYTHON_STARTS.search(path) for path in paths
    )


def named(package: Package) -> str:
    """A package as a sentence names it."""
    name = package.name or package.folder
    return f"`{name[:80]}`" if name else "The project"


def lacking(project: Project, *names: str) -> Iterator[tuple[FileFacts, Call, Package]]:
    """The first start of each package whose options are all written there, without any of these."""
    told: set[tuple[str, str]] = set()
    for facts, call, _ in inits(project):
        options, package = options_of(call), project.package(facts.path)
        key = (package.folder, package.ecosystem)
        if options is None or has_unseen(options) or key in told:
            continue
        if not project.is_product(facts.path) and not _CONFIG.search(facts.path):
            continue
        if not any(options.get(one) for one in names):
            told.add(key)
            yield facts, call, package


@lru_cache(maxsize=64)
def is_said(project: Project, *words: str) -> bool:
    """Whether one of the words stands in a manifest, an image, a workflow, a README, an `.env`."""
    return any(word in text for text in project.manifests.values() for word in words)


def is_in_browser(facts: FileFacts, module: str) -> bool:
    """Whether an SDK of this module that is started in this file runs in browsers."""
    return (
        _BROWSER_SDK.match(module) is not None
        or "use client" in facts.directives
        or _BROWSER_FILE.search(facts.path) is not None
    )
