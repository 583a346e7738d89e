"""Configuration as files: the documentation's own examples, differences, mistakes with lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [
    DOCS / "alerts.md",
    *sorted(DOCS.glob("alerts/*.md")),
    *sorted(DOCS.glob("channels/*.md")),
]
SOME = """
channels:
  - {id: ops, name: Operations, kind: webhook, url: "https://example.com/", secret: s3cr3t}
  - {id: pager, name: Pager, kind: pagerduty, routing_key: k3y, fallback: ops}
rules:
  - {id: many, name: Many, project: shop, measure: count, window: 1h, levels: {warning: ">50"}}
routes:
  - {id: all, channels: [ops, pager], mute: ["Sat-Sun"]}
"""


def examples() -> list[str]:
    """The YAML of the pages on alerts, each with the key it belongs under."""
    texts = [page.read_text() for page in PAGES]
    found = [one for text in texts for one in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    return [text if not text.startswith(" ") else f"rules:\n{text}" for text in found]


@pytest.mark.parametrize("text", examples())
def test_what_the_documentation_shows_can_be_applied(make: Any, text: str) -> None:
    """Copied as it stands, where the channels it names exist."""
    if "kind: apprise" in text:
        pytest.importorskip("apprise")
    names = ("ops", "pager", "ops-mail")
    held = yaml.safe_load(text)
    channels = held.setdefault("channels", [])
    known = {one["id"] for one in channels}
    channels += [
        {"id": name, "name": name, "kind": "webhook", "url": "https://example.com/"}
        for name in names
        if name not in known
    ]
    assert make(yaml.safe_dump(held))


def test_what_is_exported_changes_nothing_when_it_is_applied(project: Any, make: Any) -> None:
    """Also secrets, which stand as `(set)`."""
    from vedette.alerts.models import Channel
    from vedette.configuration._exporting import as_markdown, as_yaml
    from vedette.connections.secrets import settings_of

    make(SOME)
    text = as_yaml(project.organization)
    assert "s3cr3t" not in text
    assert "k3y" not in text
    assert make(text) == []
    assert settings_of(Channel.objects.get(slug="ops"))["secret"] == "s3cr3t"  # noqa: S105
    assert "| Many | event: count over 1h | >50 |" in as_markdown(project.organization)


def test_a_change_is_shown_and_made(project: Any, make: Any) -> None:
    """One line for each key that differs."""
    from vedette.alerts.models import AlertRule

    make(SOME)
    (step,) = make(SOME.replace(">50", ">60"))
    assert (step.what, step.identity) == ("change", "shop/many")
    assert step.lines == ["- levels: {'warning': '>50'}", "+ levels: {'warning': '>60'}"]
    assert AlertRule.objects.get().body["levels"] == {"warning": ">60"}


def test_prune_removes_only_what_came_from_files(project: Any, make: Any) -> None:
    """What people made by hand stays."""
    from vedette.alerts.models import AlertRule
    from vedette.configuration import Author, kinds

    make(SOME)
    rules = next(kind for kind in kinds() if kind.name == "rules")
    by_hand = {"name": "Mine", "project": "shop", "measure": "count", "window": "5m",
               "levels": {"critical": ">1"}}  # fmt: skip
    rules.save(project.organization, "shop/mine", by_hand, Author())
    text = SOME.replace(SOME[SOME.index("rules:") : SOME.index("routes:")], "")
    assert [step.identity for step in make(text)] == []
    assert [step.identity for step in make(text, prune=True)] == ["shop/many"]
    assert [rule.slug for rule in AlertRule.objects.all()] == ["mine"]


def test_every_mistake_is_told_with_its_line_and_nothing_is_changed(
    project: Any, make: Any
) -> None:
    """Of all entries at once."""
    from vedette.alerts.models import AlertRule, Channel
    from vedette.configuration._files import FileMistakes

    text = """rules:
  - name: Good
    project: shop
    measure: count
    window: 5m
    levels: {critical: ">1"}
  - name: Bad
    project: attic
    measure: count
    window: 5m
    filter: 'a:"x'
    levels:
      critical: ">1"
      warning: ">5"
channels:
  - {name: C, kind: pigeon}
"""
    with pytest.raises(FileMistakes) as raised:
        make(text)
    told = str(raised.value).splitlines()
    assert [line.split(": ")[0] for line in told] == [
        "rules.yaml:8", "rules.yaml:12", "rules.yaml:11", "rules.yaml:16"
    ] or {line.split(": ")[0] for line in told} == {
        "rules.yaml:8", "rules.yaml:11", "rules.yaml:12", "rules.yaml:16"
    }  # fmt: skip
    assert not AlertRule.objects.exists()
    assert not Channel.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rules: [", "no YAML"),
        ("- a", "begins with one of"),
        ("rulez: []", "is none of"),
        ("rules: {a: 1}", "begin each with a dash"),
        ("rules: [1]", "keys and values"),
        ("a: &x [*x]", "alias"),
        ("rules: !!python/object:os.system {}", "no YAML"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(make: Any, text: str, words: str) -> None:
    """And never runs anything."""
    from vedette.configuration._files import FileMistakes

    with pytest.raises(FileMistakes, match=words):
        make(text)


def test_each_preset_and_each_channel_has_its_page() -> None:
    """Named in the index of the documentation, and with every field that must be filled in."""
    from vedette.channels import channels
    from vedette.web.pages.alert_rules.presets import PRESETS

    index = (DOCS / "index.md").read_text()
    for preset in PRESETS:
        page = DOCS / "alerts" / f"{preset.key}.md"
        assert page.read_text().startswith(f"# {preset.wish}\n")
        assert f"(alerts/{preset.key}.md)" in index
        rule = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)[0])
        shown = rule["rules"][0]
        wanted = {"source": "event", **preset.entry}
        kept = {key: {"source": "event", **shown}.get(key) for key in wanted}
        assert kept == wanted
    for name, kind in channels().items():
        text = (DOCS / "channels" / f"{name}.md").read_text()
        assert f"(channels/{name}.md)" in index
        assert [
            field.name for field in kind.fields if field.is_needed and f"{field.name}:" not in text
        ] == []


MOVED = """
channels:
  - {id: pager, name: Pager, kind: opsgenie, key: k3y, url: "https://api.opsgenie.com"}
  - {id: push, name: Push, kind: ntfy, topic: t0pic, token: t0ken}
trackers:
  - {id: code, name: Code, kind: github, repository: a/b, token: t0ken}
"""


@pytest.mark.parametrize(
    "change",
    [
        'channels: [{id: pager, name: Pager, kind: opsgenie, url: "https://evil.example"}]',
        'channels: [{id: pager, name: P, kind: opsgenie, key: (set), url: "https://evil.example"}]',
        'channels: [{id: push, name: Push, kind: ntfy, topic: n3w, url: "https://evil.example"}]',
        'channels: [{id: push, name: P, kind: telegram, chat: a, api: "https://evil.example"}]',
        'trackers: [{id: code, name: C, kind: github, repository: a/b, url: "https://evil.example"}]',
        'trackers: [{id: code, name: Code, kind: gitlab, project: a/b, url: "https://evil.example"}]',
    ],
)
def test_a_secret_is_not_sent_elsewhere_by_who_may_not_see_it(make: Any, change: str) -> None:
    """Another address or another kind asks for the secret anew."""
    from vedette.configuration._files import FileMistakes

    make(MOVED)
    with pytest.raises(FileMistakes, match="write it anew"):
        make(change)


def test_a_secret_that_is_written_anew_may_go_elsewhere(make: Any) -> None:
    """And what a former kind held is gone."""
    from vedette.alerts.models import Channel
    from vedette.connections.secrets import secrets_of

    make(MOVED)
    make('channels: [{id: pager, name: P, kind: opsgenie, key: n3w, url: "https://eu.example"}]')
    make("channels: [{id: push, name: P, kind: pushover, token: n3w, user: u}]")
    held = {one.slug: secrets_of(one) for one in Channel.objects.all()}
    assert held == {"pager": {"key": "n3w"}, "push": {"token": "n3w", "user": "u"}}
    assert make('channels: [{id: pager, name: Pager, kind: opsgenie, url: "https://eu.example"}]')
