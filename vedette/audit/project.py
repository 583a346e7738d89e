"""A checkout as rules see it: every file's facts, and what only the whole can tell.

Rules are asked about one file after the other, so a file's facts are decoded when they are wanted
and not kept; of all files at once there are only their outlines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from vedette.audit.dependencies import Dependency, find_dependencies
from vedette.audit.facts import Call, FileFacts, Handler
from vedette.audit.health import Check, find_checks
from vedette.audit.opening import bytes_of
from vedette.audit.outline import ASYNC, Outline, outside_name
from vedette.audit.packages import Package, packages
from vedette.audit.reach import reached
from vedette.audit.reporters import find_reporters, find_unfailing
from vedette.audit.resolving import Resolver
from vedette.audit.sdks import is_sdk
from vedette.audit.standing import Standing, standing
from vedette.audit.vocabulary import is_capture, log_level

_MOST_TEXT = 1 << 20
_NOWHERE = Package(folder="", name="", ecosystem="", manifest="")
_ROOT_FILE = re.compile(r"[^/]+\.(?:[mc]?[jt]s|py|rb|php)")
_PAGE_SCRIPT = re.compile(r"""<script[^>]+src=["']/?([^"']+\.[mc]?[jt]sx?)["']""")
# Python's SDK sends what is logged as an error by itself; others have to be asked to.
_LOG_INTEGRATION = re.compile(
    r"captureConsoleIntegration|CaptureConsole\b|consoleLoggingIntegration|winston-transport-sentry"
    r"|pino-sentry|createSentryWinstonTransport|LoguruIntegration|LoggingIntegration|pinoIntegration"
)


class Project:
    """Everything that a rule may ask. `root` is the audited folder, read only through `text`."""

    def __init__(
        self,
        root: str,
        outlines: Mapping[str, Outline],
        manifests: Mapping[str, str],
        load: Callable[[str], FileFacts],
        generated: Iterable[str] = (),
        reporters: Iterable[str] = (),
        benign: Iterable[str] = (),
    ) -> None:
        self.root = root
        self.outlines = outlines
        self.manifests = manifests
        self.packages = packages(manifests)
        self.resolver = Resolver(outlines, self.packages)
        self._load = lru_cache(maxsize=256)(load)
        self._text = lru_cache(maxsize=8)(self._read_text)  # a file is asked by rule after rule
        self._generated = frozenset(generated)
        self._named_reporters = frozenset(reporters)
        self._benign = frozenset(benign)

    # Files

    def facts(self, path: str) -> FileFacts:
        """The facts of one file."""
        return self._load(path)

    def files(self, *languages: str) -> Iterator[FileFacts]:
        """The facts of every product file of these languages, of all if none is named."""
        for path, outline in self.outlines.items():
            if self.is_product(path) and (not languages or outline.language in languages):
                yield self._load(path)

    def text(self, path: str) -> str:
        """The text of a file of the checkout, manifests included; empty if it cannot be read."""
        return self.manifests[path] if path in self.manifests else self._text(path)

    def _read_text(self, path: str) -> str:
        if path not in self.outlines:
            return ""
        try:
            return bytes_of(self.root, path, _MOST_TEXT).decode("utf-8", "replace")
        except OSError:
            return ""  # it has gone since it was read: rules then know only its facts

    @cached_property
    def reached(self) -> set[str]:
        """The files that are reached from what a package starts."""
        pages = [
            f"{folder}/{one}".lstrip("/")
            for path, text in self.manifests.items()
            if path.endswith("index.html")
            for folder in [path.rpartition("/")[0]]
            for one in _PAGE_SCRIPT.findall(text)
        ]
        return reached(self.outlines, self.packages, pages, self.resolver)

    def standing(self, path: str) -> Standing:
        """What a file is to its product."""
        if path in self._generated:
            return "generated"
        by_name = standing(path)
        if by_name == "product" and path in self.outlines:
            outline = self.outlines[path]
            if outline.language == "go" and "testing" in outline.modules:
                return "test"  # what helps tests stands in files of its own
            if outline.is_left_out:
                return "script"
        if by_name == "script" and path in self.reached and ".config." not in path:
            return "product"
        if by_name == "product" and _ROOT_FILE.fullmatch(path) and self._is_aside(path):
            return "script"
        return by_name

    def _is_aside(self, path: str) -> bool:
        """A file beside the manifest that nothing reaches, in a package whose way is known."""
        return path not in self.reached and len(self.reached) >= 5

    def is_product(self, path: str) -> bool:
        """Whether a file is part of what runs for the people that the product serves."""
        return self.standing(path) == "product"

    # Packages

    def package(self, path: str) -> Package:
        """The package that a file belongs to: the nearest manifest of its own ecosystem."""
        outline = self.outlines.get(path)
        ecosystem = _ECOSYSTEMS.get(outline.language, "") if outline else ""
        for one in self.packages:
            is_below = not one.folder or path.startswith(one.folder + "/")
            if is_below and (not ecosystem or one.ecosystem == ecosystem):
                return one
        return _NOWHERE

    @cached_property
    def _sdk_folders(self) -> dict[tuple[str, str], bool]:
        found = {(one.folder, one.ecosystem): any(map(is_sdk, one.needs)) for one in self.packages}
        for path, outline in self.outlines.items():
            if any(map(is_sdk, outline.modules)):
                package = self.package(path)
                found[package.folder, package.ecosystem] = True
        return found

    def has_sdk(self, path: str) -> bool:
        """Whether the package of a file has an SDK that reports errors, or one above it has."""
        package = self.package(path)
        if self._sdk_folders.get((package.folder, package.ecosystem), False):
            return True
        return any(
            known
            and ecosystem == package.ecosystem
            and (not folder or package.folder.startswith(folder + "/"))
            for (folder, ecosystem), known in self._sdk_folders.items()
        )

    @cached_property
    def has_log_integration(self) -> bool:
        """Whether what is logged as an error is reported by what the SDKs were told."""
        return any(
            _LOG_INTEGRATION.search(name)
            for outline in self.outlines.values()
            for name in (
                *(name for _, name in outline.imports.values()),
                *outline.modules,
                *(use for use, _ in outline.uses),
            )
        )

    # What it depends on

    @cached_property
    def dependencies(self) -> tuple[Dependency, ...]:
        """The services that product code makes clients of or calls."""
        return find_dependencies(self)

    @cached_property
    def health(self) -> tuple[Check, ...]:
        """What says how the programs are, and which of the dependencies it asks."""
        return find_checks(self)

    # Names

    def target(self, facts: FileFacts, path: str, function: int = -1) -> tuple[str, str] | None:
        """The file and the name of the function that `path` means where it stands."""
        outline = self.outlines.get(facts.path)
        if outline is None:
            return None
        return self.resolver.function(outline, path, self._owner(facts, function))

    def outside(self, facts: FileFacts, path: str) -> str:
        """`@sentry/node.init` for a name that comes from a package; else empty."""
        outline = self.outlines.get(facts.path)
        head, _, rest = path.partition(".")
        return outside_name(outline.imports, head.removesuffix("()"), rest) if outline else ""

    def uses(self, pattern: str) -> Iterator[tuple[FileFacts, Call]]:
        """Calls in product files of what comes from outside, by its whole name (`outside`).

        Those of `process`, `window` and the like are among them under their own.
        """
        matches = re.compile(pattern).fullmatch
        for path, outline in self.outlines.items():
            found = [place for name, place in outline.uses if matches(name)]
            if found and self.is_product(path):
                facts = self._load(path)
                yield from ((facts, facts.calls[place]) for place in found)

    def _owner(self, facts: FileFacts, place: int) -> str:
        while place >= 0:
            function = facts.functions[place]
            if function.owner >= 0:
                return facts.classes[function.owner].name
            place = function.parent
        return ""

    # What functions do

    @cached_property
    def reporters(self) -> set[tuple[str, str]]:
        """The functions that report the error that they are given."""
        return find_reporters(self.outlines, self.resolver)

    @cached_property
    def unfailing(self) -> set[tuple[str, str]]:
        """The asynchronous functions that cannot reject."""
        return find_unfailing(self.outlines, self.resolver)

    def reports(self, facts: FileFacts, path: str, function: int = -1) -> bool:
        """Whether a call of `path` reports: an SDK's capture, or a function that hands on to it."""
        if is_capture(path) or path in self._named_reporters:
            return True
        return self.target(facts, path, function) in self.reporters

    def cannot_fail(self, facts: FileFacts, path: str, function: int = -1) -> bool:
        """Whether a call of `path` is of a function of ours that cannot reject."""
        return self.target(facts, path, function) in self.unfailing

    @cached_property
    def _fails(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for outline in self.outlines.values():
            for name, gives in outline.fails.items():
                found[name] = found.get(name, True) and gives
        return found

    def is_ours(self, path: str) -> bool:
        """Whether the checkout has a function of Go of this name, by its last part."""
        return path.rpartition(".")[2] in self._fails

    def gives_error(self, path: str) -> bool:
        """Whether a call in Go gives an error last: all that are called so do, or none is here."""
        return self._fails.get(path.rpartition(".")[2], True)

    def is_async(self, facts: FileFacts, path: str, function: int = -1) -> bool:
        """Whether a call of `path` is of a function of ours that is asynchronous."""
        found = self.target(facts, path, function)
        return found is not None and bool(self.outlines[found[0]].functions[found[1]] & ASYNC)

    def is_handled(self, facts: FileFacts, handler: Handler) -> bool:
        """Whether what a handler caught is heard of: reported, or thrown on."""
        if handler.passed:
            return self.reports(facts, handler.passed, handler.function) or _hands(handler.passed)
        return any(
            deed.kind in ("capture", "throw")
            or (deed.path and self.reports(facts, deed.path, handler.function))
            for deed in handler.deeds
        )

    def is_logged_as_error(self, facts: FileFacts, handler: Handler) -> bool:
        """Whether it is logged, and what is logged so is reported by the SDK."""
        if facts.language == "python" and self.has_sdk(facts.path):
            return any(
                deed.kind == "log" and deed.level in ("error", "fatal") and "print" not in deed.path
                for deed in handler.deeds
            )
        return self.has_log_integration and any(
            log_level(deed.path) in ("error", "fatal") for deed in handler.deeds
        )

    def is_named_benign(self, calls: Iterable[str]) -> bool:
        """Whether the person has called all of this benign."""
        given = list(calls)
        return bool(given) and all(one in self._benign for one in given)


def _hands(passed: str) -> bool:
    """`.catch(reject)`, `.catch(next)`: what is given hands the error on."""
    from vedette.audit.vocabulary import deed_of_call

    return deed_of_call(passed) in ("throw", "capture")


_ECOSYSTEMS = {
    **dict.fromkeys(("javascript", "typescript", "tsx"), "node"),
    **{name: name for name in ("python", "go", "java", "php", "ruby")},
}
