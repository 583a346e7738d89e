"""The form of a monitor says what the monitor is: saved as it is shown, nothing changes."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.web.world import World
from vedette.monitors import saving
from vedette.monitors.drafts import read_draft
from vedette.monitors.kinds import secrets_of
from vedette.monitors.models import Monitor
from vedette.probing.kinds import ProbeKind, probes


class _Sent(HTMLParser):
    """What a browser would send of the form as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._name = ""
        self._is_chosen = self._is_text = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "input" and (at.get("type") != "checkbox" or "checked" in at):
            self.values[at.get("name", "")] = at.get("value", "")
        elif tag == "textarea":
            self._name, self._is_text = at["name"], True
            self.values[self._name] = ""
        elif tag == "select":
            self._name, self._is_chosen = at["name"], False
        elif tag == "option" and self._name and not self._is_chosen:
            self._is_chosen = "selected" in at
            if self._is_chosen or self._name not in self.values:
                self.values[self._name] = at.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._name, self._is_text = "", False

    def handle_data(self, data: str) -> None:
        if self._is_text:
            self.values[self._name] += data


@pytest.mark.parametrize("kind", probes().values(), ids=probes().keys())
@pytest.mark.parametrize("is_whole", [True, False], ids=["sample", "least"])
def test_a_form_that_is_saved_as_it_is_changes_nothing(
    kind: ProbeKind, is_whole: bool, world: World, alice: Client
) -> None:
    """Of every kind, with all that its sample fills in and with what is needed alone."""
    needed = {field.name for field in kind.fields if field.is_needed}
    needed |= {"statuspage"} if kind.name == "third_party" else set()
    needed |= {"secret"} if kind.name == "turn" else set()
    sample = {name: one for name, one in kind.sample().items() if is_whole or name in needed}
    draft, problems = read_draft({"name": "Shop", "kind": kind.name, **sample})
    assert problems == []
    monitor = saving.create(world.shop, draft)
    page = f"/monitors/{monitor.pk}/edit/"
    sent = _Sent()
    sent.feed(alice.get(page).content.decode())
    fields = {name: one for name, one in sent.values.items() if name and name != "do"}
    assert alice.post(page, {**fields, "do": "save"}).status_code == 302
    after = Monitor.objects.get(pk=monitor.pk)
    assert after.settings == monitor.settings
    assert secrets_of(after) == secrets_of(monitor)
    assert list(after.events.values_list("kind", flat=True)) == ["created"]


def test_any_of_more_monitors_than_are_listed_can_be_depended_on(
    world: World, alice: Client
) -> None:
    """They are found by a part of their name; what was written and chosen before stays."""
    draft, _ = read_draft({"name": "Shop", "kind": "tcp", "host": "shop.example.com", "port": 80})
    monitor = saving.create(world.shop, draft)
    Monitor.objects.bulk_create(
        Monitor(project=world.shop, slug=f"m{number:04}", name=f"Host {number:04}", kind="tcp")
        for number in range(1200)
    )
    page = f"/monitors/{monitor.pk}/edit/"
    sent = _Sent()
    sent.feed(alice.get(page).content.decode())
    fields = {name: one for name, one in sent.values.items() if name and name != "do"}
    assert 'value="m1199"' not in alice.get(page).content.decode()
    wish = {**fields, "name": "New name", "depends_on": ["m0003"], "find": "host 119", "do": "find"}
    found = alice.post(page, wish)
    body = found.content.decode()
    assert found.status_code == 200
    assert 'value="m1199"' in body
    assert 'value="m0003" checked' in body
    assert 'value="New name"' in body
    assert Monitor.objects.get(pk=monitor.pk).name == "Shop"
    chosen = {**wish, "depends_on": ["m0003", "m1199"], "do": "save"}
    assert alice.post(page, chosen).status_code == 302
    after = Monitor.objects.get(pk=monitor.pk)
    assert set(after.depends_on.values_list("slug", flat=True)) == {"m0003", "m1199"}
