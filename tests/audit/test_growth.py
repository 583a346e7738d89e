"""What an audit costs grows with the files, not with their square."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.audit.checkouts import audited
from vedette.audit.rules import Rule, rules

OF_FILE = [one for one in rules().values() if one.of_file is not None]


class _Counted(dict[str, Any]):
    """A mapping that counts how often it is gone through."""

    times = 0

    def __iter__(self) -> Any:
        self.times += 1
        return super().__iter__()

    def values(self) -> Any:
        self.times += 1
        return super().values()

    def items(self) -> Any:
        self.times += 1
        return super().items()


@pytest.mark.parametrize("rule", OF_FILE, ids=[one.id for one in OF_FILE])
def test_no_rule_goes_through_all_files_for_each(rule: Rule, tmp_path: Path) -> None:
    """What it says of the whole checkout it has worked out once, when the audit asked it."""
    files = {
        f"{copy}/{place}/{path}": text
        for copy in ("one", "two", "three")
        for place, sample in enumerate(rule.bad)
        for path, text in sample.checkout().items()
    }
    with audited(tmp_path, files, only=frozenset((rule.id,)), with_nonproduct=True) as done:
        project = done.project
        paths = list(project.outlines)
        outlines, manifests = _Counted(project.outlines), _Counted(project.manifests)
        project.outlines, project.manifests = outlines, manifests
        assert rule.of_file is not None
        for path in paths:
            list(rule.of_file(project, project.facts(path)))
    assert outlines.times + manifests.times < 3  # of what each of three copies would cost
