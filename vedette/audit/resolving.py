"""From a name in one file to the function that it means in another, without running anything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from posixpath import normpath

from vedette.audit.outline import Outline
from vedette.audit.packages import Package

_ENDINGS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".vue")
_INSIDE = (
    "index.ts",
    "index.tsx",
    "index.js",
    "index.jsx",
    "src/index.ts",
    "src/index.tsx",
    "src/index.js",
)
_BUILT = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".jsx": (".tsx",), ".cjs": (".cts",)}
_BUILDS = re.compile(r"(^|/)(?:dist|build|lib|out|\.next)/")
_MOST_STEPS = 6


class Resolver:
    """Answers for the outlines of one checkout."""

    def __init__(self, outlines: Mapping[str, Outline], packages: Sequence[Package]) -> None:
        self._outlines = outlines
        self._node = {one.name: one for one in packages if one.ecosystem == "node" and one.name}
        self._folders = [one.folder for one in packages]
        self._files: dict[tuple[str, str], str] = {}

    def file(self, path: str, module: str) -> str:
        """The file that `module` means where `path` imports it; empty if it is none of ours."""
        key = (str(PurePosixPath(path).parent), module)
        if key not in self._files:
            is_python = path.endswith(".py")
            self._files[key] = self._python(path, module) if is_python else self._ecma(path, module)
        return self._files[key]

    def entry(self, path: str) -> str:
        """The file that something starts by `path`, which may name what is built of it."""
        for one in (path, _BUILDS.sub(r"\1src/", path), _BUILDS.sub(r"\1", path)):
            found = self._ending(one) or self._module(one.removesuffix(".py"))
            if found:
                return found
        return ""

    def function(self, outline: Outline, path: str, owner: str = "") -> tuple[str, str] | None:
        """The file and name of the function that a call of `path` means; None if unknown."""
        for _ in range(_MOST_STEPS):
            head, _, rest = path.partition(".")
            if head in ("this", "self", "cls") and rest:
                return self._method(outline, owner, rest)
            if path in outline.functions:
                return outline.path, path
            made = outline.made.get(head)
            if made and rest:
                return self._of_class(outline, made, rest)
            step = self._step(outline, head, rest)
            if step is None:
                return None
            outline, path = step
        return None

    def variable(self, path: str, name: str) -> tuple[str, str]:
        """The file and the name of the variable that `name` means in a file, itself if unknown."""
        outline = self._outlines[path]
        for _ in range(_MOST_STEPS):
            step = self._step(outline, name, "")
            if step is None or (step[1] == name and step[0] is outline):
                break
            outline, name = step
        return outline.path, name

    def _step(self, outline: Outline, head: str, rest: str) -> tuple[Outline, str] | None:
        """One import further: the file that offers `head`, and what it is called there."""
        known = outline.imports.get(head)
        if known is None:
            return None
        module, name = known
        if outline.language == "python" and name != "*":
            whole = self.file(
                outline.path, f"{module.rstrip('.')}.{name}" if module.strip(".") else module + name
            )
            if whole and rest:
                return self._outlines[whole], rest
        target = self.file(outline.path, module)
        if not target:
            return None
        if name == "*":
            return (self._outlines[target], rest) if rest else None
        return self._exported(self._outlines[target], name, rest)

    def _exported(self, outline: Outline, name: str, rest: str) -> tuple[Outline, str] | None:
        for _ in range(_MOST_STEPS):
            offered = next((one for one in outline.exports if one.name == name), None)
            passed_on = [one for one in outline.exports if one.name == "*" and one.module]
            if offered is None:
                for one in passed_on:
                    target = self.file(outline.path, one.module)
                    inner = self._outlines.get(target)
                    if inner is not None and any(each.name == name for each in inner.exports):
                        outline = inner
                        break
                else:
                    local = name
                    return outline, f"{local}.{rest}" if rest else local
                continue
            if offered.module:
                target = self.file(outline.path, offered.module)
                if not target:
                    return None
                outline, name = self._outlines[target], offered.local
                continue
            local = offered.local or name
            return outline, f"{local}.{rest}" if rest else local
        return None

    def _method(self, outline: Outline, owner: str, rest: str) -> tuple[str, str] | None:
        head, _, after = rest.partition(".")
        if after and head in outline.made:
            return self._of_class(outline, outline.made[head], after)
        for _ in range(_MOST_STEPS):
            name = f"{owner}.{rest}"
            if name in outline.functions:
                return outline.path, name
            bases = outline.bases.get(owner, ())
            if not bases:
                return None
            found = self._class(outline, bases[0])
            if found is None:
                return None
            outline, owner = found
        return None

    def _of_class(self, outline: Outline, name: str, method: str) -> tuple[str, str] | None:
        found = self._class(outline, name)
        return self._method(found[0], found[1], method) if found else None

    def _class(self, outline: Outline, name: str) -> tuple[Outline, str] | None:
        if name in outline.bases:
            return outline, name
        head, _, rest = name.partition(".")
        step = self._step(outline, head, rest)
        if step is None or step[1] not in step[0].bases:
            return None
        return step

    def _ecma(self, path: str, module: str) -> str:
        if module.startswith("."):
            return self._ending(normpath(str(PurePosixPath(path).parent / module)))
        if module.startswith(("@/", "~/", "#/", "src/")):
            rest = module.partition("/")[2]
            for folder in self._folders:
                if folder and not path.startswith(folder + "/"):
                    continue
                start = folder + "/" if folder else ""
                for inner in ("src/", "", "app/"):
                    found = self._ending(f"{start}{inner}{rest}")
                    if found:
                        return found
            return ""
        parts = module.split("/")
        name = "/".join(parts[:2]) if module.startswith("@") else parts[0]
        package = self._node.get(name)
        if package is None:
            return ""
        rest = module[len(name) :].lstrip("/")
        start = package.folder + "/" if package.folder else ""
        mains = (
            [rest, f"src/{rest}"]
            if rest
            else [one.removeprefix(start) for one in package.entries[:2]]
        )
        for one in (*mains, ""):
            found = self._ending(f"{start}{one}".rstrip("/"))
            if found:
                return found
        return ""

    def _ending(self, path: str) -> str:
        if path in self._outlines:
            return path
        stem, ending = path[: path.rfind(".")], path[path.rfind(".") :]
        candidates = [stem + one for one in _BUILT.get(ending, ())]
        candidates += [path + one for one in _ENDINGS]
        candidates += [f"{path}/{one}" if path else one for one in _INSIDE]
        return next((one for one in candidates if one in self._outlines), "")

    def _python(self, path: str, module: str) -> str:
        parent = PurePosixPath(path).parent
        rest = module.lstrip(".")
        dots = len(module) - len(rest)
        if dots:
            for _ in range(dots - 1):
                parent = parent.parent
            return self._module(f"{parent}/{rest.replace('.', '/')}".strip("/.").rstrip("/"))
        tail = rest.replace(".", "/")
        for folder in (*self._above(parent), *self._folders, ""):
            for start in (f"{folder}/" if folder else "", f"{folder}/src/".lstrip("/")):
                found = self._module(start + tail)
                if found:
                    return found
        return ""

    def _above(self, parent: PurePosixPath) -> list[str]:
        names = [str(parent), *(str(one) for one in parent.parents)]
        return [one for one in names if one != "."]

    def _module(self, path: str) -> str:
        for one in (f"{path}.py", f"{path}/__init__.py"):
            if one in self._outlines:
                return one
        return ""
