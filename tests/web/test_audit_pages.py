"""Code audits on pages and in the API: lists, searches, decisions, the mark at a frame."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.test import Client

from tests.web.audited import COMMITS, document, fingerprint_of, sent
from tests.web.test_pages_contract import text_of
from tests.web.walk import bearer
from tests.web.world import World
from vedette.alerts.models import Alert, AlertRule
from vedette.audit.document import MOST_BYTES, Document, write_document
from vedette.audits.looking import look
from vedette.audits.models import AuditFinding, AuditRun
from vedette.audits.recording import record
from vedette.issues import reading
from vedette.rules.counting import counter_of
from vedette.rules.written import read_rule, write_rule
from vedette.web.pages.alert_rules.presets import preset_named

JSON = "application/json"
AUDITS = "/api/0/projects/lantern/shop/audits/"
FINDINGS = "/api/0/projects/lantern/shop/findings/"
URGENT = sent("charge", severity="urgent", what="`charge()` <script> is dropped", path="shop/a.py")
SOURCE = sent(
    "refund",
    snippet=["except Exception:", "    pass"],
    instead={"first": 7, "old": ["pass"], "new": ["log.exception(1)"]},
)


@pytest.fixture
def audited(world: World) -> World:
    """The shop with two audits: one finding was fixed, two are open, one is new."""
    record(world.shop, document(0, SOURCE, sent("gone", path="shop/gone.py")), by="Alice")
    record(world.shop, document(1, SOURCE, URGENT), by="Alice")
    return world


@pytest.fixture
def token(world: World) -> Client:
    """One that CI has."""
    return bearer(world.organization, scopes=["org:ci"])


def finding(name: str) -> AuditFinding:
    """A finding by its function."""
    return AuditFinding.objects.get(function=name)


def upload(client: Client, sent_one: Document | bytes, **headers: Any) -> Any:
    """Post it as the auditor does."""
    text = sent_one if isinstance(sent_one, bytes) else write_document(sent_one)
    return client.post(AUDITS, text, content_type=JSON, headers=headers)


def test_a_project_without_an_audit_says_how_to_make_one(alice: Client) -> None:
    """The command names server, organisation and project, ready to paste."""
    body = text_of(alice.get("/audit/shop/"))
    assert "Shop was not audited yet" in body
    assert "--org lantern --project shop" in body
    assert "No code was audited yet" in text_of(alice.get("/audit/"))


def test_the_list_leads_to_projects(audited: World, alice: Client) -> None:
    """With what is open and how much is covered; one project alone is shown at once."""
    body = text_of(alice.get("/audit/"))
    assert 'href="/audit/shop/"' in body
    assert "Not audited yet" in body
    assert alice.get("/audit/", {"project": "shop"})["Location"] == "/audit/shop/?project=shop"
    assert alice.get("/audit/shop/", {"project": "web"})["Location"] == "/audit/?project=web"


def test_findings_are_listed_the_most_urgent_first(audited: World, alice: Client) -> None:
    """Escaped, with rule and place; what is fixed stands by itself."""
    body = text_of(alice.get("/audit/shop/"))
    assert body.index("shop/a.py:7") < body.index("shop/till.py:7")
    assert "&lt;script&gt;" in body
    assert "<script> is" not in body
    assert "shop/gone.py" not in body
    assert "1 urgent finding, 1 important" in body
    fixed = text_of(alice.get("/audit/shop/", {"state": "fixed"}))
    assert "shop/gone.py" in fixed
    assert COMMITS[1][:8] in fixed


@pytest.mark.parametrize(
    ("asked", "is_there"),
    [
        ({"severity": "urgent"}, (True, False)),
        ({"severity": "important"}, (False, True)),
        ({"query": "refund till"}, (False, True)),
        ({"query": "nowhere"}, (False, False)),
        ({"path": "shop/a.py"}, (True, False)),
        ({"rule": "swallow.py-broad", "sort": "file"}, (True, True)),
        ({"severity": "x", "state": "x", "sort": "x", "by": "x", "view": "x"}, (True, True)),
    ],
)
def test_findings_can_be_filtered(
    audited: World, alice: Client, asked: dict[str, str], is_there: tuple[bool, bool]
) -> None:
    """By severity, words, file and rule; what is unknown is as if it were not said."""
    body = text_of(alice.get("/audit/shop/", asked))
    assert ("shop/a.py:7" in body, "shop/till.py:7" in body) == is_there


def test_findings_are_grouped_by_rule_and_by_file(audited: World, alice: Client) -> None:
    """A group leads to its findings."""
    assert "rule=swallow.py-broad" in text_of(alice.get("/audit/shop/", {"by": "rule"}))
    body = text_of(alice.get("/audit/shop/", {"by": "file"}))
    assert "path=shop%2Fa.py" in body or "path=shop/a.py" in body


def test_a_long_list_has_pages(world: World, alice: Client) -> None:
    """Fifty on each."""
    many = [sent(f"f{number:03}", line=number) for number in range(1, 61)]
    record(world.shop, document(0, *many), by="")
    first = text_of(alice.get("/audit/shop/"))
    assert first.count('class="audit-row"') == 50
    assert "cursor=o%3A50" in first
    assert text_of(alice.get("/audit/shop/?cursor=o:50")).count('class="audit-row"') == 10


def test_every_part_of_the_page_is_shown(audited: World, alice: Client) -> None:
    """What happens, services, commits with what came and went, what is fine."""
    inventory: dict[str, Any] = {
        "packages": [{"folder": "", "name": "shop", "is_deployed": True, "has_sdk": True}],
        "dependencies": [{"name": "Redis", "kind": "cache", "path": "shop/a.py", "line": 3}],
        "jobs": [{"name": "nightly", "path": "shop/a.py"}],
        "pages": [{"route": "/admin", "path": "app/admin/page.tsx"}],
        "fine": ["12 of 14 places report"],
    }
    record(audited.shop, document(2, SOURCE, **inventory), by="Alice")
    assert "Being worked out" in text_of(alice.get("/audit/shop/", {"view": "seen"}))
    assert look(audited.stage.flow.store) == 1
    seen = text_of(alice.get("/audit/shop/", {"view": "seen"}))
    assert "nightly never checked in" in seen
    assert "That nothing was seen proves nothing by itself." in seen
    services = text_of(alice.get("/audit/shop/", {"view": "services"}))
    for words in ("Redis", "not asked", "nightly", "/admin", "heard"):
        assert words in services
    commits = text_of(alice.get("/audit/shop/", {"view": "commits"}))
    assert commits.index(COMMITS[2][:12]) < commits.index(COMMITS[0][:12])
    assert "−1" in commits
    assert "12 of 14 places report" in text_of(alice.get("/audit/shop/", {"view": "fine"}))


def test_the_page_of_a_finding_says_what_to_do(audited: World, alice: Client) -> None:
    """What is wrong and why, the code with its numbers, the change, the commits."""
    body = text_of(alice.get(f"/audit/shop/findings/{finding('refund').pk}/"))
    for words in ("Nobody hears of it.", "except Exception:", "- pass", "+ log.exception(1)"):
        assert words in body
    assert COMMITS[0][:8] in body
    other = text_of(alice.get(f"/audit/shop/findings/{finding('charge').pk}/"))
    assert "No source was sent." in other
    assert "<script> is" not in other


def test_the_page_of_a_finding_leads_to_the_issues_of_its_file(
    audited: World, alice: Client
) -> None:
    """Those whose errors passed through it, as far as the viewer may see them."""
    place = _place(audited)
    record(audited.shop, document(2, sent("pay", path=place), paths=[place]), by="")
    look(audited.stage.flow.store)
    body = text_of(alice.get(f"/audit/shop/findings/{finding('pay').pk}/"))
    assert finding("pay").events > 0
    assert f'href="/issues/{audited.issues["checkout"].pk}/"' in body


def test_a_finding_is_accepted_for_a_reason_and_opened_again(audited: World, alice: Client) -> None:
    """Without a reason nothing is done, and that is said."""
    address = f"/audit/shop/findings/{finding('charge').pk}/"
    refused = alice.post(address, {"do": "accept", "reason": "  "})
    assert refused.status_code == 400
    assert "Say why this may stay as it is." in text_of(refused)
    assert alice.post(address, {"do": "accept", "reason": "a <b>probe"}).status_code == 302
    assert finding("charge").state == "accepted"
    assert "accepted: a &lt;b&gt;probe" in text_of(alice.get("/audit/shop/", {"state": "accepted"}))
    assert "by" in text_of(alice.get(address))
    alice.post(address, {"do": "reopen"})
    assert finding("charge").state == "open"


def test_a_frame_leads_to_the_findings_of_its_file(world: World, alice: Client) -> None:
    """Only where there are any that are open."""
    address = f"/issues/{world.issues['checkout'].pk}/"
    assert "of the code audit in this file" not in text_of(alice.get(address))
    place = _place(world)
    record(world.shop, document(0, sent("a", path=place), sent("b", path=place)), by="")
    body = text_of(alice.get(address))
    assert "2 findings of the code audit in this file" in body
    assert "/audit/shop/?path=" in body


def _place(world: World) -> str:
    """A file of the checkout's code, as its frames name it."""
    held = reading.load_event(world.visible, world.issues["checkout"], "latest")
    assert held is not None
    frames = [
        one
        for value in held.payload["exception"]["values"]
        for one in value["stacktrace"]["frames"]
        if one.get("in_app") and "/" in one.get("filename", "")
    ]
    return str(frames[0]["filename"])


def test_an_upload_is_taken_once(world: World, token: Client) -> None:
    """Packed or not; the answer says what came of it and where it stands."""
    answer = upload(token, document(0, SOURCE))
    assert answer.status_code == 201
    said = answer.json()
    assert (said["commit"], said["open"]["important"]) == (COMMITS[0], 1)
    assert said["url"].endswith(f"/audit/{world.shop.pk}/")
    packed = gzip.compress(write_document(document(0, SOURCE)))
    assert upload(token, packed, content_encoding="gzip").status_code == 201
    assert AuditRun.objects.count() == 1
    assert AuditRun.objects.get().sent_by.startswith("token")


@pytest.mark.parametrize(
    ("body", "encoding", "status", "words"),
    [
        (b"{}", "", 400, "schema None is not known here"),
        (b"nonsense", "", 400, "no JSON"),
        (b"nonsense", "gzip", 400, "cannot be read"),
        (gzip.compress(b" " * (MOST_BYTES + 1)), "gzip", 413, "cannot be read"),
        (b"x", "rot13", 415, "cannot be read"),
    ],
)
def test_an_upload_that_is_none_is_refused_in_words(
    token: Client, body: bytes, encoding: str, status: int, words: str
) -> None:
    """With the status that says whose fault it is, and nothing is stored."""
    answer = upload(token, body, content_encoding=encoding)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True)
    assert not AuditRun.objects.exists()


def test_only_who_may_report_releases_may_upload(world: World, alice: Client) -> None:
    """A token needs the scope; a session of a browser changes nothing."""
    for client, status in (
        (bearer(world.organization, scopes=["event:read"]), 403),
        (bearer(world.organization, scopes=["project:releases"]), 201),
        (alice, 403),
        (Client(), 401),
    ):
        assert upload(client, document(0)).status_code == status
    nowhere = AUDITS.replace("shop", "nowhere")
    good = bearer(world.organization, scopes=["org:ci"])
    assert good.post(nowhere, b"{}", content_type=JSON).status_code == 404


def test_the_api_tells_findings_and_takes_decisions(audited: World) -> None:
    """Filtered and in pages; accepting needs the scope and a reason."""
    reader = bearer(audited.organization, scopes=["event:read"])
    found = reader.get(FINDINGS, {"severity": "urgent"}).json()
    assert [(one["function"], one["state"]) for one in found] == [("charge", "open")]
    assert reader.get(FINDINGS, {"state": "fixed"}).json()[0]["fixed"]["commit"] == COMMITS[1]
    assert 'results="true"' in reader.get(FINDINGS, {"limit": 1})["Link"]
    assert [one["commit"] for one in reader.get(AUDITS).json()] == [COMMITS[1], COMMITS[0]]
    address = f"{FINDINGS}{fingerprint_of('charge')}/"
    assert reader.get(address).json()["about"]["title"] == "Every exception is dropped"
    body = {"state": "accepted", "reason": "known"}
    assert reader.put(address, body, content_type=JSON).status_code == 403
    writer = bearer(audited.organization, audited.alice, ["event:write"])
    empty = writer.put(address, {"state": "accepted"}, content_type=JSON)
    assert (empty.status_code, "Say why" in empty.json()["detail"]) == (400, True)
    assert writer.put(address, body, content_type=JSON).json()["state"] == "accepted"
    assert finding("charge").accepted_by == audited.alice
    assert writer.put(address, {"state": "open"}, content_type=JSON).json()["state"] == "open"
    assert reader.get(f"{FINDINGS}{'0' * 64}/").status_code == 404


def test_an_upload_fires_the_rule_and_a_decision_ends_it(
    audited: World, token: Client, alice: Client
) -> None:
    """The alert of a new urgent finding is over once a person accepts it."""
    preset = preset_named("finding")
    assert preset is not None
    rule = read_rule(preset.entry)
    AlertRule.objects.create(
        project=audited.shop, slug="f", body=write_rule(rule), counter=counter_of(rule).id
    )
    upload(token, document(2, SOURCE, URGENT, sent("worse", severity="urgent")))
    assert Alert.objects.get().state == "firing"
    page = text_of(alice.get(f"/alerts/{Alert.objects.get().pk}/"))
    assert f"/findings/{finding('worse').pk}/" in page
    assert "an audit finds something new, urgent at least" in page
    writer = bearer(audited.organization, audited.alice, ["event:write"])
    body = {"state": "accepted", "reason": "known"}
    writer.put(f"{FINDINGS}{fingerprint_of('worse')}/", body, content_type=JSON)
    assert Alert.objects.get().state == "over"
