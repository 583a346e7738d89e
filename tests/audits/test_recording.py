"""Taking audits: what is new, open and fixed, in whatever order they come."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.web.audited import COMMITS, document, fingerprint_of, sent
from vedette.accounts.models import User
from vedette.audits import acting, reading, recording
from vedette.audits.models import AuditFinding, AuditRun, AuditTree, FindingState
from vedette.audits.recording import record
from vedette.projects.models import Project
from vedette.projects.removal import remove_project

OLD = sent("old")
LASTS = sent("lasts")
NEW = sent("new", severity="urgent")
AUDITS = (document(0, OLD, LASTS), document(1, LASTS), document(2, LASTS, NEW))


def standing(project: Project) -> list[tuple[str, str, str, str, str]]:
    """Every finding: function, state, first, last and fixing commit."""
    rows = AuditFinding.objects.filter(project=project).order_by("function")
    return [
        (one.function, one.state, one.first_commit[:1], one.last_commit[:1], one.fixed_commit[:1])
        for one in rows
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_uploads_changes_nothing(shop: Project, order: tuple[int, ...]) -> None:
    """Commits have an order of their own; an audit that comes late tells of the past."""
    for place in order:
        record(shop, AUDITS[place], by="")
    assert standing(shop) == [
        ("lasts", "open", "a", "c", ""),
        ("new", "open", "c", "c", ""),
        ("old", "fixed", "a", "a", "b"),
    ]
    points = reading.trend(shop)
    assert [(one.total, one.new, one.fixed) for one in points] == [(2, 2, 0), (1, 0, 1), (2, 1, 0)]
    assert points[-1].open == {"urgent": 1, "important": 1, "routine": 0, "info": 0}


def test_the_same_commit_again_takes_the_place_of_its_first_audit(shop: Project) -> None:
    """Twice is once; what another version of the auditor no longer finds was never there."""
    for _ in range(2):
        record(shop, AUDITS[0], by="")
        record(shop, AUDITS[1], by="")
    assert AuditRun.objects.count() == 2
    assert standing(shop)[0] == ("lasts", "open", "a", "b", "")
    record(shop, document(1, sent("other")), by="")
    assert standing(shop) == [
        ("lasts", "fixed", "a", "a", "b"),
        ("old", "fixed", "a", "a", "b"),
        ("other", "open", "b", "b", ""),
    ]
    record(shop, document(1, LASTS), by="")
    assert [one[:2] for one in standing(shop)] == [("lasts", "open"), ("old", "fixed")]


def test_only_what_the_newest_audit_adds_is_new(shop: Project) -> None:
    """Nothing of the first audit, nothing of an older commit, nothing twice."""
    assert record(shop, AUDITS[1], by="").new == []
    assert [one.function for one in record(shop, AUDITS[2], by="").new] == ["new"]
    assert record(shop, AUDITS[2], by="").new == []
    late = record(shop, AUDITS[0], by="")
    assert (late.new, late.is_newest) == ([], False)


def test_what_comes_back_or_becomes_urgent_is_new_again(shop: Project) -> None:
    """Whoever was told that it is gone would not hear of it otherwise."""
    record(shop, AUDITS[0], by="")
    record(shop, document(1, LASTS), by="")
    back = record(shop, document(2, OLD, sent("lasts", severity="urgent")), by="")
    assert sorted(one.function for one in back.new) == ["lasts", "old"]
    same = record(shop, document(2, OLD, sent("lasts", severity="urgent")), by="")
    assert same.new == []


def test_what_was_fixed_long_ago_is_forgotten(
    shop: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much each audit makes up, and the next takes away again."""
    monkeypatch.setattr(recording, "MOST_FIXED", 2)
    record(shop, document(0, LASTS, *(sent(f"old{n}") for n in range(4))), by="")
    record(shop, document(1, LASTS), by="")
    record(shop, document(2, LASTS), by="")
    assert [one[:2] for one in standing(shop)] == [
        ("lasts", "open"),
        ("old2", "fixed"),
        ("old3", "fixed"),
    ]


def test_what_moves_stays_the_same_finding(shop: Project) -> None:
    """Its line and words are those of the newest audit, whichever comes last."""
    record(shop, document(2, sent("lasts", line=40)), by="")
    record(shop, document(0, sent("lasts", line=7)), by="")
    held = AuditFinding.objects.get()
    assert (held.line, held.first_commit, held.last_commit) == (40, COMMITS[0], COMMITS[2])


def test_two_commits_of_one_second_are_both_there(shop: Project) -> None:
    """The one that comes later is the newer."""
    record(shop, AUDITS[0], by="")
    record(shop, document(1, LASTS, committed_at=AUDITS[0].committed_at), by="")
    assert standing(shop)[1] == ("old", "fixed", "a", "a", "b")


def test_a_commit_of_the_future_is_of_now(shop: Project) -> None:
    """A wrong clock of whoever committed does not make it the newest for ever."""
    record(shop, document(0, OLD, committed_at=32_000_000_000), by="")
    record(shop, document(1, committed_at=0), by="")
    assert standing(shop) == [("old", "fixed", "a", "a", "b")]


def test_what_is_accepted_stays_accepted(shop: Project) -> None:
    """Through later audits, until a person opens it again; it needs a reason."""
    record(shop, AUDITS[0], by="")
    user = User.objects.create(email="alice@example.com")
    held = AuditFinding.objects.get(fingerprint=fingerprint_of("lasts"))
    with pytest.raises(acting.NoReason):
        acting.accept([held], " \n", user)
    assert acting.accept([held], "a lost count must  not lose a payment", user) == 1
    record(shop, AUDITS[1], by="")
    held.refresh_from_db()
    assert (held.state, held.accepted_by) == (FindingState.ACCEPTED, user)
    assert held.accepted_reason == "a lost count must not lose a payment"
    assert reading.trend(shop)[-1].total == 0
    assert acting.reopen([held]) == 1
    held.refresh_from_db()
    assert held.state == FindingState.OPEN


def test_what_the_code_accepts_is_accepted_as_long_as_it_says_so(shop: Project) -> None:
    """An ignore with its reason comes with the audit and goes with it."""
    record(shop, document(0, sent("old", is_accepted=True, reason="a probe")), by="")
    held = AuditFinding.objects.get()
    assert (held.state, held.code_reason) == (FindingState.ACCEPTED, "a probe")
    record(shop, document(1, OLD), by="")
    held.refresh_from_db()
    assert (held.state, held.code_reason) == (FindingState.OPEN, "")


def test_the_oldest_audits_go(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what was fixed before the oldest that stays."""
    monkeypatch.setattr(recording, "MOST_RUNS", 2)
    for one in (AUDITS[0], AUDITS[1], AUDITS[2]):
        record(shop, one, by="")
    assert list(AuditRun.objects.order_by("at").values_list("commit", flat=True)) == [*COMMITS[1:]]
    assert [one[0] for one in standing(shop)] == ["lasts", "new", "old"]
    record(shop, document(2, LASTS, NEW, commit="d" * 40, committed_at=1_795_400_000), by="")
    assert [one[0] for one in standing(shop)] == ["lasts", "new"]


@pytest.mark.parametrize("order", [*permutations((0, 1, 2))])
def test_only_the_newest_audit_keeps_what_is_in_the_code(
    shop: Project, order: tuple[int, ...]
) -> None:
    """500 audits of a large project would take a hundred MB for what nobody can look at."""
    for number in (*order, order[0]):
        jobs = [{"name": f"job {number}", "path": "a.py"}]
        record(shop, document(number, sent("a"), jobs=jobs, fine=["all"]), by="ci")
    *older, newest = AuditRun.objects.filter(project=shop).order_by("at")
    assert newest.inventory["jobs"] == [{"name": "job 2", "path": "a.py"}]
    assert (bool(newest.rules), newest.fine) == (True, ["all"])
    assert [(one.inventory, one.rules, one.fine) for one in older] == [({}, {}, [])] * 2


def test_a_project_takes_its_audits_with_it(shop: Project) -> None:
    """Nothing of them stays once it is removed."""
    record(shop, AUDITS[0], by="")
    remove_project(shop)
    for kind in (AuditRun, AuditFinding, AuditTree):
        assert not kind.objects.exists()


def test_frames_find_the_findings_of_their_file(shop: Project) -> None:
    """By the longest end of the name, two parts at least; where two fit as well, none does."""
    paths = ("shop/till.py", "web/shop/till.py", "app.py", "a/b/c.py", "x/b/c.py", "api/d/e.py")
    findings = [sent(path, path=path) for path in paths]
    record(shop, document(0, *findings, paths=[*paths, "web/d/e.py"]), by="")
    names = [
        *("/srv/web/shop/till.py", "shop/till.py", "app.py", "/srv/app.py", "till.py"),
        *("b/c.py", "/srv/a/b/c.py", "other/till.py", "/srv/web/d/e.py"),
    ]
    found = reading.files_with_findings(shop, names)
    assert {name: one[0].path for name, one in found.items()} == {
        "/srv/web/shop/till.py": "web/shop/till.py",
        "shop/till.py": "shop/till.py",
        "app.py": "app.py",
        "/srv/a/b/c.py": "a/b/c.py",
    }


def test_an_old_commit_is_taken_when_there_are_enough_newer_ones(
    shop: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no error, and goes with the next audit."""
    monkeypatch.setattr(recording, "MOST_RUNS", 2)
    record(shop, AUDITS[1], by="")
    record(shop, AUDITS[2], by="")
    assert not record(shop, AUDITS[0], by="").is_newest
    assert standing(shop)[0][1] == "open"
    assert AuditRun.objects.filter(project=shop).count() == 2
