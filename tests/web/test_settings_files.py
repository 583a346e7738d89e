"""Settings as files and over the API: the same as by form, for those who may."""

from __future__ import annotations

from django.test import Client

from tests.web.walk import bearer
from tests.web.world import World
from vedette.accounts.models import ApiToken, AuditEntry
from vedette.control.choosing import chosen_at
from vedette.control.places import Place
from vedette.options import groups

CONFIGURATION = "/api/0/organizations/lantern/configuration/"
SCRUBBING = groups()["scrubbing"]
FILE = """\
settings:
- project: "*"
  set: {scrubbing: {strict: true}, intake: {kinds: [error]}}
- project: shop
  set: {scrubbing: {safe_fields: [note]}}
"""
JSON = "application/json"


def _token(world: World, *scopes: str) -> Client:
    return bearer(world.organization, world.alice, ["alerts:read", "alerts:write", *scopes])


def test_a_file_sets_what_forms_set(world: World) -> None:
    """Shown as written, changed, and inherited again where the file says nothing any more."""
    token = _token(world, "org:admin", "project:admin")
    answer = token.post(CONFIGURATION, FILE, content_type="application/yaml")
    assert answer.json()["isDone"], answer.json()
    assert chosen_at(Place(organization=world.organization), SCRUBBING) == {"strict": True}
    assert chosen_at(Place(project=world.shop), SCRUBBING) == {"safe_fields": ["note"]}
    assert token.get(f"{CONFIGURATION}settings/").json() == [
        {"project": "*", "set": {"intake": {"kinds": ["error"]}, "scrubbing": {"strict": True}}},
        {"project": "shop", "set": {"scrubbing": {"safe_fields": ["note"]}}},
    ]
    again = token.post(CONFIGURATION, FILE, content_type="application/yaml")
    assert again.json()["steps"] == []
    pruned = token.post(f"{CONFIGURATION}?prune=1", "settings: []", content_type="application/yaml")
    assert pruned.json()["isDone"], pruned.json()
    assert chosen_at(Place(project=world.shop), SCRUBBING) == {}
    assert AuditEntry.objects.filter(via="file", what__startswith="shop: scrubbing").count() == 2


def test_a_mistake_of_a_file_is_told_with_its_place(world: World) -> None:
    """Of a group, an option and a value; nothing is saved."""
    token = _token(world, "org:admin", "project:admin")
    address = f"{CONFIGURATION}settings/shop/"
    body = {"set": {"scrubbing": {"strict": 3, "odd": 1}, "nothing": {}}}
    words = [one["words"] for one in token.put(address, body, JSON).json()["mistakes"]]
    assert words[0] == "set.scrubbing.strict: is true or false"
    assert words[1].startswith("set.scrubbing.odd: no option of scrubbing")
    assert words[2].startswith("set.nothing: no group")
    assert token.put(address, {"set": {"scrubbing": {"strict": True}}}, JSON).status_code == 201
    assert chosen_at(Place(project=world.shop), SCRUBBING) == {"strict": True}
    assert token.delete(address).status_code == 204
    assert chosen_at(Place(project=world.shop), SCRUBBING) == {}


def test_what_holds_for_all_projects_is_the_owners(world: World) -> None:
    """A token that may change projects may not say what holds for all of them; one of alerts
    changes neither."""
    body = {"set": {"scrubbing": {"strict": True}}}
    of_projects = _token(world, "project:admin")
    assert of_projects.put(f"{CONFIGURATION}settings/shop/", body, JSON).status_code == 201
    for token, place in ((of_projects, "*"), (_token(world), "*"), (_token(world), "web")):
        assert token.put(f"{CONFIGURATION}settings/{place}/", body, JSON).status_code == 403
    removed = _token(world).delete(f"{CONFIGURATION}settings/shop/")
    assert removed.status_code == 403


def test_a_project_named_as_an_id_needs_the_same_right(world: World) -> None:
    """A token of alerts changes no project by a file, however the file names it."""
    for named in ("id: shop", "project: shop", 'id: "*"', 'id: shop, project: ""'):
        text = f"settings:\n- {{{named}, set: {{scrubbing: {{enabled: false}}}}}}\n"
        answer = _token(world).post(CONFIGURATION, text, content_type="application/yaml")
        assert answer.status_code == 403, (named, answer.json())
    assert chosen_at(Place(project=world.shop), SCRUBBING) == {}
    assert chosen_at(Place(organization=world.organization), SCRUBBING) == {}


def test_the_log_says_who_removed_settings_over_the_api(world: World) -> None:
    """A person or a token by its name, from where, and that it was no file."""
    entry = {"set": {"scrubbing": {"strict": True}}}
    address = f"{CONFIGURATION}settings/shop/"
    scopes = ["alerts:read", "alerts:write", "project:admin"]
    for user, name in ((world.alice, "alice@example.com"), (None, "token walk")):
        made = ApiToken.create(world.organization, user=user, scopes=scopes, name="walk")
        token = Client(headers={"Authorization": f"Bearer {made}"})
        assert token.put(address, entry, content_type=JSON).status_code in (200, 201)
        assert token.delete(address).status_code == 204
        set_, removed = AuditEntry.objects.filter(what__startswith="shop: scrubbing").order_by("pk")
        for one in (set_, removed):
            assert (one.who, one.via, one.address) == (name, "API", "127.0.0.1")
        assert (removed.before, removed.after) == ({"strict": True}, {"strict": None})
        told = AuditEntry.objects.get(what="removed settings shop")
        assert told.who == name
        AuditEntry.objects.all().delete()
