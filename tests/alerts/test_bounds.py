"""How much configuration there may be: told in words, whoever writes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from vedette.configuration._files import FileMistakes

ROUTE = "  - {{id: r{at}, channels: [c]}}"
CHANNEL = '  - {{id: c{at}, name: C, kind: webhook, url: "http://127.0.0.1/{at}"}}'
RULE = (
    "  - {{id: n{at}, name: N, project: shop, source: issue, measure: {{edge: first_seen}}, "
    "levels: critical}}"
)
C = 'channels:\n  - {id: c, name: C, kind: webhook, url: "http://127.0.0.1/"}\n'


def many(line: str, number: int) -> str:
    return "\n".join(line.format(at=at) for at in range(number))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("channels:\n" + many(CHANNEL, 501), "an organisation has at most 500 channels"),
        (C + "routes:\n" + many(ROUTE, 501), "an organisation has at most 500 routes"),
        ("rules:\n" + many(RULE, 1001), "the project shop has at most 1,000 rules"),
    ],
)
def test_a_file_with_too_many_is_refused(make: Any, text: str, words: str) -> None:
    """With the line of the first that is too many."""
    with pytest.raises(FileMistakes) as caught:
        make(text)
    assert words in str(caught.value)
    assert caught.value.mistakes[0].line > 500


def test_a_form_and_the_api_are_refused_as_well(
    project: Any, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They write one at a time; what is there can still be changed when there is no room."""
    from vedette.configuration import Author
    from vedette.configuration._writing import the_kind, write

    make("rules:\n" + many(RULE, 1000))
    make(C + "routes:\n" + many(ROUTE, 500))
    entry = {"id": "more", "channels": ["c"]}
    problems = write(project.organization, the_kind("routes"), entry, Author())
    assert [one.words for one in problems] == ["an organisation has at most 500 routes"]
    assert not write(project.organization, the_kind("routes"), {**entry, "id": "r7"}, Author())
    changed = {
        "id": "n7", "name": "Other", "project": "shop", "source": "issue",
        "measure": {"edge": "first_seen"}, "levels": "critical",
    }  # fmt: skip
    assert not write(project.organization, the_kind("rules"), changed, Author())


def test_silences_have_a_bound_and_their_end(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every message is held against all that hold; those of long ago are forgotten."""
    from vedette import clock
    from vedette.alerts import acting
    from vedette.alerts.aging import forget
    from vedette.alerts.models import Silence

    monkeypatch.setattr(acting, "MOST_SILENCES", 2)
    make = lambda: acting.silence(  # noqa: E731
        project.organization, ["project=shop"], timedelta(hours=1), "we deploy", None
    )
    make()
    make()
    with pytest.raises(ValueError, match="2 silences already"):
        make()
    Silence.objects.update(ends_at=clock.now() - timedelta(days=100))
    make()
    assert forget(clock.now() - timedelta(days=90)) == 2
    assert Silence.objects.count() == 1
