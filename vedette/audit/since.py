"""Which lines have changed since a commit, by git's objects alone.

Neither git's index nor its filters, hooks, pagers or helpers are asked: a checkout may have
brought its own, and nothing of it is run.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from difflib import SequenceMatcher
from hashlib import sha1, sha256

from vedette.audit.errors import Misasked
from vedette.audit.finding import Finding
from vedette.audit.opening import bytes_of
from vedette.audit.walk import MOST_BYTES, shown

_SECONDS = 120
_MOST_LINES = 20_000  # more are not compared: the file is taken as new


class Since:
    """The state of a checkout at a commit. Raises `Misasked` if git does not know it."""

    def __init__(self, root: str, ref: str, text: Callable[[str], str]) -> None:
        self._root, self._text = root, text
        self._changed: dict[str, set[int] | None] = {}
        if ref.startswith("-"):
            raise Misasked(f"{shown(ref)}: is no commit")
        listed = self._git("ls-tree", "-r", "-z", ref)
        self._blobs = {
            path.decode("utf-8", "replace"): what.split()[2].decode()
            for what, _, path in (one.partition(b"\t") for one in listed.split(b"\0") if one)
        }

    def is_new(self, finding: Finding) -> bool:
        """Whether a line of a finding has changed; without a line, whether its file has."""
        if not finding.path:
            return False
        if finding.path not in self._changed:
            self._changed[finding.path] = self._lines(finding.path)
        changed = self._changed[finding.path]
        if changed is None:
            return True
        if not finding.line:
            return bool(changed)
        last = max(finding.line, finding.last_line)
        return any(one in changed for one in range(finding.line, last + 1))

    def _lines(self, path: str) -> set[int] | None:
        """The lines that have changed; None for a file that is new."""
        blob = self._blobs.get(path)
        if blob is None:
            return None
        try:
            text = bytes_of(self._root, path, MOST_BYTES)
        except OSError:
            return None
        digest = sha256 if len(blob) == 64 else sha1
        if digest(b"blob %d\0%s" % (len(text), text)).hexdigest() == blob:
            return set()
        old = self._git("cat-file", "blob", blob).decode("utf-8", "replace").splitlines()
        new = self._text(path).splitlines()
        if max(len(old), len(new)) > _MOST_LINES:
            return None
        return {
            line + 1
            for kind, _, _, first, last in SequenceMatcher(None, old, new).get_opcodes()
            if kind != "equal"
            for line in range(first, max(last, first + 1))
        }

    def _git(self, *words: str) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603
                ["git", "--no-pager", "-C", self._root, *words],  # noqa: S607
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                env={**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Misasked(f"git cannot be asked: {error}") from error
        if done.returncode:
            raise Misasked(f"git: {shown(done.stderr.decode('utf-8', 'replace').strip())}")
        return done.stdout
