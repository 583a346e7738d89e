"""What manifests say of a checkout: packages, what they need, how they are started and built."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import msgspec

from vedette.audit.standing import standing

_NAME = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*([^;#]*)")
_GO_NEED = re.compile(r"^\s*(?:require\s+)?([\w.-]+\.[\w./-]+)\s+(v[\w.+-]+)", re.MULTILINE)
_GEM = re.compile(
    r"""^\s*(?:gem|s\.add_dependency)\s*\(?["']([\w.-]+)["'](?:,\s*["']([^"']*))?""", re.M
)
_MAVEN = re.compile(r"<groupId>([^<]+)</groupId>\s*<artifactId>([^<]+)</artifactId>")
_GRADLE = re.compile(r"""["']([\w.-]+):([\w.-]+):[\w.$\{\}-]+["']""")

# The commands of npm that run for people; others may start what only the team does.
_STARTS = re.compile(r"start|serve|prod|run|worker|deploy")


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """A folder with a manifest of its own; `folder` is empty for the root.

    `needs` are its dependencies with their versions as written, `develops` those for development.
    `entries` are files that something starts, as written, relative to the root.
    """

    folder: str
    name: str
    ecosystem: str  # node, python, go, java, php, ruby
    manifest: str
    needs: Mapping[str, str] = {}
    develops: Mapping[str, str] = {}
    scripts: Mapping[str, str] = {}
    entries: tuple[str, ...] = ()
    is_private: bool = False
    is_published: bool = False  # it offers itself to others: a library

    def has(self, *names: str) -> bool:
        """Whether it needs one of these; `@sentry/*` stands for all that begin so."""
        return any(
            need.startswith(name[:-1]) if name.endswith("*") else need == name
            for need in self.needs
            for name in names
        )

    def version(self, name: str) -> int:
        """The major version that it needs of `name`; 0 if that cannot be told."""
        found = re.search(r"\d+", self.needs.get(name, self.develops.get(name, "")))
        return int(found[0]) if found else 0


def packages(manifests: Mapping[str, str]) -> list[Package]:
    """The packages of a checkout, deepest folders first; several manifests of a folder are one.

    `manifests` are the texts of the files that `walk` calls manifests. One that cannot be read
    counts for nothing: what is wrong with it is said by the tool whose it is.
    """
    found: dict[tuple[str, str], Package] = {}
    for path in sorted(manifests):
        for package in _read(path, manifests[path]):
            key = (package.folder, package.ecosystem)
            found[key] = _merged(found[key], package) if key in found else package
    for path in sorted(manifests):
        name = PurePosixPath(path).name
        if "Dockerfile" in name or name == "Procfile":
            _add_entries(found, path, manifests[path])
    return sorted(
        found.values(), key=lambda one: (-one.folder.count("/"), -len(one.folder), one.folder)
    )


def _merged(one: Package, other: Package) -> Package:
    return msgspec.structs.replace(
        one,
        name=one.name or other.name,
        needs={**one.needs, **other.needs},
        develops={**one.develops, **other.develops},
        scripts={**one.scripts, **other.scripts},
        entries=(*one.entries, *other.entries),
        is_published=one.is_published or other.is_published,
    )


def _read(path: str, text: str) -> Iterator[Package]:
    name = PurePosixPath(path).name
    folder = str(PurePosixPath(path).parent)
    for pattern, read in _READERS:
        if re.fullmatch(pattern, name):
            try:
                yield read(path, "" if folder == "." else folder, text)
            except (ValueError, TypeError, AttributeError, RecursionError):
                return


def _node(path: str, folder: str, text: str) -> Package:
    said = msgspec.json.decode(text, type=dict[str, Any])
    scripts = _strings(said.get("scripts"))
    entries = [said.get("main"), said.get("module"), said.get("browser")]
    binaries = said.get("bin")
    entries += list(binaries.values()) if isinstance(binaries, dict) else [binaries]
    entries += [
        word
        for key, script in scripts.items()
        for word in _files(script)
        if _STARTS.match(key) or standing(word) != "script"
    ]
    return Package(
        folder=folder,
        name=str(said.get("name") or ""),
        ecosystem="node",
        manifest=path,
        needs={**_strings(said.get("peerDependencies")), **_strings(said.get("dependencies"))},
        develops=_strings(said.get("devDependencies")),
        scripts=scripts,
        entries=tuple(_join(folder, one) for one in entries if isinstance(one, str)),
        is_private=said.get("private") is True,
        is_published=not said.get("private")
        and any(key in said for key in ("exports", "files", "main")),
    )


def _python(path: str, folder: str, text: str) -> Package:
    said = tomllib.loads(text)
    project = said.get("project", {})
    poetry = said.get("tool", {}).get("poetry", {})
    needs = dict(_requirements(project.get("dependencies", [])))
    needs |= {key.lower(): str(value) for key, value in poetry.get("dependencies", {}).items()}
    for extra in project.get("optional-dependencies", {}).values():
        needs |= dict(_requirements(extra))
    scripts = {**project.get("scripts", {}), **poetry.get("scripts", {})}
    return Package(
        folder=folder,
        name=str(project.get("name") or poetry.get("name") or ""),
        ecosystem="python",
        manifest=path,
        needs=needs,
        scripts={key: str(value) for key, value in scripts.items()},
        entries=tuple(
            _join(folder, str(one).partition(":")[0].replace(".", "/") + ".py")
            for one in scripts.values()
        ),
        is_published="build-system" in said and not scripts,
    )


def _requirements_file(path: str, folder: str, text: str) -> Package:
    is_development = bool(re.search(r"dev|test|lint|docs|ci", PurePosixPath(path).name))
    needs = dict(_requirements(text.splitlines()))
    parent = folder.removesuffix("requirements").rstrip("/")
    return Package(
        folder=parent,
        name="",
        ecosystem="python",
        manifest=path,
        needs={} if is_development else needs,
        develops=needs if is_development else {},
    )


def _setup(path: str, folder: str, text: str) -> Package:
    listed = re.findall(r"""["']([A-Za-z][\w.-]+\s*[<>=~!][^"']*)["']""", text)
    bare = re.search(r"install_requires\s*=\s*(.*?)(?:\]|\n\n|\n\S)", text, re.DOTALL)
    lines = re.findall(r"[\"']?([A-Za-z][\w.-]*[^\"'\n,]*)", bare[1]) if bare else []
    return Package(
        folder=folder,
        name="",
        ecosystem="python",
        manifest=path,
        needs=dict(_requirements([*listed, *lines])),
    )


def _go(path: str, folder: str, text: str) -> Package:
    module = re.search(r"^module\s+(\S+)", text, re.MULTILINE)
    return Package(
        folder=folder,
        name=module[1] if module else "",
        ecosystem="go",
        manifest=path,
        needs=dict(_GO_NEED.findall(text)),
    )


def _php(path: str, folder: str, text: str) -> Package:
    said = msgspec.json.decode(text, type=dict[str, Any])
    return Package(
        folder=folder,
        name=str(said.get("name") or ""),
        ecosystem="php",
        manifest=path,
        needs=_strings(said.get("require")),
        develops=_strings(said.get("require-dev")),
        is_published=said.get("type") == "library",
    )


def _ruby(path: str, folder: str, text: str) -> Package:
    return Package(
        folder=folder,
        name="",
        ecosystem="ruby",
        manifest=path,
        needs=dict(_GEM.findall(text)),
        is_published=path.endswith(".gemspec"),
    )


def _java(path: str, folder: str, text: str) -> Package:
    pairs = _MAVEN.findall(text) + _GRADLE.findall(text)
    return Package(
        folder=folder,
        name="",
        ecosystem="java",
        manifest=path,
        needs={f"{group}:{artifact}": "" for group, artifact in pairs},
    )


_READERS: tuple[tuple[str, Callable[[str, str, str], Package]], ...] = (
    (r"package\.json", _node),
    (r"pyproject\.toml", _python),
    (r"requirements[\w.-]*\.(?:txt|in)", _requirements_file),
    (r"setup\.(?:py|cfg)|Pipfile", _setup),
    (r"go\.mod", _go),
    (r"composer\.json", _php),
    (r"Gemfile|[\w.-]*\.gemspec", _ruby),
    (r"pom\.xml|build\.gradle(?:\.kts)?", _java),
)


def _requirements(lines: Any) -> Iterator[tuple[str, str]]:
    for line in lines if isinstance(lines, list) else []:
        found = _NAME.match(line) if isinstance(line, str) else None
        if found:
            yield found[1].lower().replace("_", "-"), found[2].strip()


def _add_entries(found: dict[tuple[str, str], Package], path: str, text: str) -> None:
    """What an image or a Procfile starts, for the packages in whose folder it stands."""
    folder = str(PurePosixPath(path).parent)
    folder = "" if folder == "." else folder
    lines = re.findall(r"^\s*(?:CMD|ENTRYPOINT|RUN|\w+:)\s*(.*)$", text, re.MULTILINE)
    entries = tuple(_join(folder, word) for line in lines for word in _files(line))
    for key, package in list(found.items()):
        if package.folder == folder and entries:
            found[key] = msgspec.structs.replace(package, entries=(*package.entries, *entries))


def _files(command: str) -> list[str]:
    """The words of a command that look like files of source code, or Python's modules."""
    files = re.findall(r"[\w./@-]+\.(?:[mc]?[jt]sx?|py|rb|php)\b", command)
    modules = re.findall(r"(?:-m\s+|uvicorn\s+|gunicorn\s+(?:-\S+\s+)*)([\w.]+)", command)
    return files + [one.replace(".", "/") + ".py" for one in modules if not one.startswith("-")]


def _join(folder: str, path: str) -> str:
    path = path.removeprefix("./").lstrip("/")
    return f"{folder}/{path}" if folder else path


def _strings(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {key: one for key, one in value.items() if isinstance(one, str)}
