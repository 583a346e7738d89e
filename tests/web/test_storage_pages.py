"""The pages of storage: sums, previews, deletions and persons, for those who may see them."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.web.world import World
from vedette import clock
from vedette.access.access import Access
from vedette.access.actions import Action
from vedette.accounts.models import ApiToken, AuditEntry, hash_token
from vedette.control.choosing import chosen_at
from vedette.control.places import Place
from vedette.issues.models import Issue
from vedette.items._stocks import stocks
from vedette.options import groups
from vedette.storage.models import Forgetting, Removal
from vedette.storage.sums import Sums, Use, write_sums
from vedette.store.visible import VisibleProjects


@pytest.fixture
def sums(world: World) -> Sums:
    """Ten days of two kinds of Alice's project, and a project of somebody else."""
    today = int(clock.timestamp() // 86400)
    uses = [
        Use(today - day, world.shop.pk, name, 100, 1 << 20, 1 << 20)
        for day in range(10)
        for name in ("errors", "spans")
    ]
    made = Sums(
        at=clock.timestamp(),
        uses=[*uses, Use(today, 1 << 40, "errors", 7, 999 << 30, 0)],
        parts={"telemetry": 30 << 20, "blobs": 10 << 20},
        growth=[(hour, 1000 * hour) for hour in range(100, 200)],
        disk_bytes=100 << 30,
        disk_free_bytes=50 << 30,
        given_up=[(clock.timestamp(), "spans", 12, 1 << 20)],
    )
    write_sums(settings.CONFIG, made)
    return made


def test_the_page_adds_up_what_the_viewer_may_see(alice: Client, sums: Sums) -> None:
    """By project, kind and day; what other projects take is in no figure."""
    page = alice.get(reverse("storage")).content.decode()
    assert "Your projects take 40 MB" in page
    assert "999 GB" not in page
    assert "Spans" in page
    assert "Full in" in page


def test_the_page_asks_what_may_be_seen_as_often_for_few_sums_as_for_many(
    alice: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ninety days of hundreds of projects are hundreds of thousands of sums."""
    asked, visible = [], Access.visible

    def counted(access: Access, *given: Action) -> VisibleProjects:
        asked.append(access)
        return visible(access, *given)

    monkeypatch.setattr(Access, "visible", counted)
    today = int(clock.timestamp() // 86400)
    counts = []
    for days in (1, 90):
        uses = [Use(today - day, world.shop.pk, "errors", 1, 1, 0) for day in range(days)]
        write_sums(settings.CONFIG, Sums(at=clock.timestamp(), uses=uses, parts={"blobs": 1}))
        asked.clear()
        assert alice.get(reverse("storage")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_only_who_manages_the_installation_sees_the_folder(
    alice: Client, bob: Client, sums: Sums
) -> None:
    """The disk is no affair of members."""
    assert "The data folder" in alice.get(reverse("storage")).content.decode()
    assert "The data folder" not in bob.get(reverse("storage")).content.decode()


def test_a_setting_says_what_it_would_free_before_it_is_saved(
    alice: Client, world: World, sums: Sums
) -> None:
    """By kind, and nothing is saved."""
    path = reverse("project-options", args=[world.shop.slug, "storage"])
    answer = alice.post(path, {"spans_days": "4", "preview": "1"}).content.decode()
    assert "would free" in answer
    assert "about 500 rows" in answer
    assert "Nothing was saved yet" in answer
    assert chosen_at(Place(project=world.shop), groups()["storage"]) == {}
    answer = alice.post(path, {"errors_count": "250", "preview": "1"}).content.decode()
    assert "about 750 rows" in answer


def test_every_kind_has_its_three_fields(alice: Client, world: World) -> None:
    """A new kind of the drawer needs no form."""
    page = alice.get(reverse("project-options", args=[world.shop.slug, "storage"])).content.decode()
    for name in stocks():
        for field in ("days", "gb", "count"):
            assert f'name="{name}_{field}"' in page


def test_an_issue_is_deleted_by_its_name(alice: Client, world: World) -> None:
    """What is lost is said, and another name deletes nothing."""
    issue = world.issues["checkout"]
    path = reverse("issue-deletion", args=[issue.pk])
    assert issue.short_name in alice.get(path).content.decode()
    assert alice.post(path, {"confirm": "another"}).status_code == 400
    assert Issue.objects.filter(pk=issue.pk).exists()
    assert alice.post(path, {"confirm": issue.short_name}).status_code == 302
    assert not Issue.objects.filter(pk=issue.pk).exists()
    assert Removal.objects.get().group_ids


def test_members_delete_nothing(bob: Client, world: World) -> None:
    """Owners and admins may; a member sees no way to it."""
    issue = world.issues["checkout"]
    assert bob.post(reverse("issue-deletion", args=[issue.pk])).status_code in (403, 404)
    page = bob.get(reverse("issue", args=[issue.pk]))
    assert page.status_code == 404 or "Delete this issue" not in page.content.decode()


def test_events_and_files_have_their_pages(alice: Client, world: World) -> None:
    """Each says what goes with it, and is noted for the worker."""
    issue = world.issues["checkout"]
    answer = alice.post(reverse("event-deletion", args=[issue.pk, "latest"]))
    assert answer.status_code == 302
    removal = Removal.objects.get()
    assert (len(removal.event_id), removal.attachment_id) == (32, "")
    assert AuditEntry.objects.filter(what__contains="event").exists()


def test_a_person_is_looked_for_shown_and_confirmed(alice: Client, world: World) -> None:
    """Nothing goes before the counts were seen; the receipt is a file."""
    slug = world.organization.slug
    answer = alice.post(reverse("forget", args=[slug]), {"kind": "email", "value": ""})
    assert answer.status_code == 400
    alice.post(reverse("forget", args=[slug]), {"kind": "email", "value": "eve@example.com"})
    one = Forgetting.objects.get()
    path = reverse("forgetting", args=[slug, one.pk])
    assert "Being looked for" in alice.get(path).content.decode()
    alice.post(path, {"do": "remove"})
    one.refresh_from_db()
    assert one.state == "looking"
    Forgetting.objects.update(state="found", found={"events": 3})
    assert "3 rows would go" in alice.get(path).content.decode()
    alice.post(path, {"do": "remove"})
    one.refresh_from_db()
    assert one.state == "removing"
    assert alice.get(reverse("forgetting-receipt", args=[slug, one.pk])).status_code == 404
    Forgetting.objects.update(
        state="done", identity="", removed={"events": 3}, finished_at=clock.now()
    )
    told = alice.get(reverse("forgetting-receipt", args=[slug, one.pk])).json()
    assert told["removed"] == {"events": 3}
    assert "eve@" not in str(told)


def test_the_api_deletes_as_sentry_does(world: World) -> None:
    """One issue by both paths, several at once, an event, a file; with `event:admin` alone."""
    ApiToken.objects.create(
        organization=world.organization,
        token_hash=hash_token("word"),
        name="word",
        scopes=["event:admin"],
    )
    client = Client(headers={"Authorization": "Bearer word"})
    issue = world.issues["checkout"]
    event = client.get(f"/api/0/issues/{issue.pk}/events/latest/").json()["eventID"]
    project = f"/api/0/projects/lantern/{world.shop.slug}"
    files = client.get(f"{project}/events/{event}/attachments/").json()
    for file in files:
        path = f"{project}/events/{event}/attachments/{file['id']}/"
        assert client.delete(path).status_code == 204
    assert client.delete(f"{project}/events/{event}/").status_code == 202
    assert client.delete(f"/api/0/issues/{issue.pk}/").status_code == 202
    assert client.delete(f"/api/0/issues/{issue.pk}/").status_code == 404
    others = [one.pk for one in Issue.objects.filter(project=world.shop)]
    assert client.delete(f"{project}/issues/").status_code == 400
    query = "&".join(f"id={pk}" for pk in others)
    assert client.delete(f"{project}/issues/?{query}").status_code == 204
    assert not Issue.objects.filter(project=world.shop).exists()
    assert AuditEntry.objects.filter(via="API").count() == 2 + len(files) + len(others)


def test_a_token_that_only_triages_deletes_nothing(world: World) -> None:
    """`event:write` changes issues and no more."""
    ApiToken.objects.create(
        organization=world.organization,
        token_hash=hash_token("word"),
        name="word",
        scopes=["event:write"],
    )
    client = Client(headers={"Authorization": "Bearer word"})
    issue = world.issues["checkout"]
    assert client.delete(f"/api/0/organizations/lantern/issues/{issue.pk}/").status_code == 403
    assert Issue.objects.filter(pk=issue.pk).exists()
