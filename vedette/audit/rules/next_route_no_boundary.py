"""A page of Next.js without a boundary up to the root."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._next import files, next_packages

ID = "next.route-no-boundary"
_PAGE = r"(?:src/)?app/(?:.*/)?page\.[jt]sx?"
_ERROR = r"(?:src/)?app/(?:.*/)?error\.[jt]sx?"
_GROUP = re.compile(r"\([^)]*\)|@\w+")


def find(project: Project) -> Iterator[Finding]:
    """Pages without an `error` file in their folder or one above; one in `app/` covers all."""
    for package in next_packages(project):
        bounded = [one.rpartition("/")[0] for one in files(project, package, _ERROR)]
        for path in files(project, package, _PAGE):
            folder = path.rpartition("/")[0]
            if any(f"{folder}/".startswith(f"{one}/") for one in bounded):
                continue
            yield Finding(
                rule=ID,
                severity=Severity.IMPORTANT,
                what=f"`{_route(path)[:100]}` has no `error` file in its folder or above",
                path=path,
                line=1,
                last_line=1,
                subject=_route(path),
            )


def _route(path: str) -> str:
    """The address of a page: its folders below `app/` without groups and slots."""
    inner = re.split(r"(?:^|/)app/", f"{path}", maxsplit=1)[-1]
    parts = [one for one in inner.split("/")[:-1] if not _GROUP.fullmatch(one)]
    return "/" + "/".join(parts)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A page without a boundary",
    why="What the page throws goes up to `global-error`, or to a blank page. One part that fails takes "
    "all of the page with it.",
    advice="Add an `error.tsx` that captures, in the folder or in `app/` for all.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="tsx",
            says="a page beside one that has a boundary",
            files={
                "package.json": '{"name": "web", "dependencies": {"next": "15.1.0"}}',
                "app/admin/(all)/calls/page.tsx": "export default function Page() { return 1; }\n",
                "app/shop/page.tsx": "export default function Page() { return 1; }\n",
                "app/shop/error.tsx": "export default function Error() { return 1; }\n",
            },
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="tsx",
            says="a boundary of the root covers all",
            files={
                "package.json": '{"name": "web", "dependencies": {"next": "15.1.0"}}',
                "src/app/error.tsx": "export default function Error() { return 1; }\n",
                "src/app/admin/calls/page.tsx": "export default function Page() { return 1; }\n",
            },
        ),
        Sample(
            language="tsx",
            says="a project with the pages router",
            files={
                "package.json": '{"name": "web", "dependencies": {"next": "15.1.0"}}',
                "pages/admin/page.tsx": "export default function Page() { return 1; }\n",
            },
        ),
    ),
)
