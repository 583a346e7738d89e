"""Which files are reached from what a package starts: better than names at telling scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from vedette.audit.outline import Outline
from vedette.audit.packages import Package
from vedette.audit.resolving import Resolver

# Files that a framework starts by their names.
_STARTED = re.compile(
    r"(?:^|/)(?:app|src/app|pages|src/pages|routes|src/routes|api|server/api|app/routes)/"
    r".*\.(?:[mc]?[jt]sx?|vue)$"
    r"|(?:^|/)(?:instrumentation|instrumentation-client|middleware|sentry\.[\w.]+)\.[mc]?[jt]s$"
    r"|(?:^|/)(?:manage|wsgi|asgi|__main__|settings|urls|celery|apps|admin|models|signals)\.py$"
    r"|(?:^|/)(?:src/)?(?:main|index|server|app|worker)\.(?:[mc]?[jt]sx?|py)$"
)


def reached(
    outlines: Mapping[str, Outline],
    packages: Sequence[Package],
    pages: Iterable[str],
    resolver: Resolver,
) -> set[str]:
    """Every file that is reached; `pages` are scripts that an `index.html` names."""
    entries = {one for package in packages for one in package.entries}
    waiting = [path for path in outlines if _STARTED.search(path)]
    waiting += [found for one in (*entries, *pages) if (found := resolver.entry(one))]
    seen = set(waiting)
    while waiting:
        outline = outlines[waiting.pop()]
        for module in modules_of(outline):
            target = resolver.file(outline.path, module)
            if target and target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def modules_of(outline: Outline) -> Iterable[str]:
    """The modules that run when a file does, as it names them."""
    yield from outline.modules
    if outline.language == "python":
        for module, name in outline.imports.values():
            if name != "*":
                yield f"{module}.{name}" if module.strip(".") else module + name
    for one in outline.exports:
        if one.module:
            yield one.module
