"""What every inbound filter keeps to, shown by its samples in the product's pipeline."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.filters.passing import Passage
from vedette.filters import Filter, Sample, filters, title_of
from vedette.filters._globs import listed

CATEGORIES = {"event": "error", "transaction": "transaction", "span": "span"}
each = pytest.mark.parametrize("one", filters().values(), ids=lambda one: one.name)


@pytest.fixture
def passage(tmp_path: Path) -> Iterator[Passage]:
    """A pipeline of its own."""
    made = Passage(tmp_path)
    yield made
    made.crash()


def _quantities(samples: tuple[Sample, ...]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for sample in samples:
        counts[CATEGORIES[sample.kind]] += sample.times
    return counts


@each
def test_a_filter_keeps_the_contract(one: Filter) -> None:
    """Its name can stand in addresses, it is off unless it is set, it says what it does."""
    assert one.name == one.name.lower()
    assert one.name.replace("-", "").isalpha()
    assert one.help.endswith(".")
    assert one.options
    assert not one.is_on({})
    assert one.is_on(one.on)
    assert set(one.on) <= {option.name for option in one.options}
    assert {sample.kind for sample in (*one.bad, *one.good)} <= set(one.kinds)
    assert one.good
    assert title_of(one.name) == one.title


@each
def test_what_is_bad_is_counted_and_not_stored(one: Filter, passage: Passage) -> None:
    """By kind and reason, in step with what was sent; what is good is stored."""
    passage.choose(**one.on)
    passage.send(*one.bad, *one.good)
    counted = passage.counted()
    turned_away = Counter[str]()
    for (category, outcome, reason), quantity in counted.items():
        if outcome == "filtered":
            assert reason.partition(":")[0] == one.name
            turned_away[category] += quantity
    assert turned_away == _quantities(one.bad)
    stored = {category: n for (category, outcome, _), n in counted.items() if outcome == "accepted"}
    assert stored == dict(_quantities(one.good))
    assert len(passage.ids()) == _quantities(one.good)["error"]


@each
def test_nothing_is_turned_away_while_it_is_off(one: Filter, passage: Passage) -> None:
    """Whatever is sent, while another filter is on."""
    passage.choose(ip_addresses=["203.0.113.9"])
    passage.send(*one.bad, *one.good)
    assert {outcome for _, outcome, _ in passage.counted()} == {"accepted"}


@pytest.mark.parametrize(
    "name", ["browser-extensions", "web-crawlers", "legacy-browsers", "health-checks"]
)
def test_lists_say_when_and_whence_they_are(name: str) -> None:
    """Each has a date and a source, and no entry twice."""
    import vedette.filters

    path = Path(vedette.filters.__file__).parent / "lists" / f"{name}.txt"
    text = path.read_text("utf-8")
    assert "# Date: 20" in text
    assert "Source: " in text
    assert len(set(listed(name))) == len(listed(name)) > 10


def test_filters_load_without_django() -> None:
    """Digesters run them."""
    code = "import vedette.filters as f, sys; f.filters(); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
