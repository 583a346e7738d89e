"""Where frames lead, which commits are suspect, and who works on an issue: on the pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.web.code import ADDRESS, CHECKOUT, OTHER, PLACING, built_from, commit, report_code
from tests.web.world import World
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership, User
from vedette.accounts.people import remove_member
from vedette.issues.models import Assignment, Issue, Status
from vedette.releases.commits import set_commits
from vedette.releases.models import Regression, Release
from vedette.sources.models import CodeMapping, EditorChoice, LocalRoot, Ownership


def page_of(client: Client, issue: Issue) -> str:
    """The issue's page."""
    answer = client.get(f"/issues/{issue.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def suspects(page: str) -> list[str]:
    """The short hashes of the suspect commits, in order."""
    block = page.partition('id="suspects"')[2].partition("</section>")[0]
    return re.findall(r'<code class="muted" title="(\w{4})\w+">', block)


def test_suspect_commits_changed_the_files_of_the_frames(world: World, alice: Client) -> None:
    """The nearest to the crash first; a commit of other files is none."""
    report_code(world)
    page = page_of(alice, world.issues["checkout"])
    assert suspects(page) == [PLACING[:4], CHECKOUT[:4]]
    assert "changed placing.py, your file nearest to the crash" in page
    assert "changed checkout.py, which called placing.py" in page
    assert OTHER not in page


def test_files_of_the_same_name_elsewhere_hide_no_suspect(world: World, alice: Client) -> None:
    """A newer commit changed a thousand others that are called so, as `index.ts` is."""
    code = report_code(world)
    others = [f"vendor/{number}/placing.py" for number in range(1100)]
    placing = commit(PLACING, "Charge", "bob@example.com", "backend/shop/orders/placing.py")
    set_commits(code.release, [commit(OTHER, "Vendor it", "dora@example.com", *others), placing])
    assert suspects(page_of(alice, world.issues["checkout"])) == [PLACING[:4]]


def test_an_issue_without_commits_shows_none(world: World, alice: Client) -> None:
    """Neither a heading nor an error."""
    assert 'id="suspects"' not in page_of(alice, world.issues["checkout"])
    assert 'id="suspects"' not in page_of(alice, world.issues["hostile"])


def test_what_came_back_is_of_the_release_it_came_back_with(world: World, alice: Client) -> None:
    """Its commits are suspect, not those of the release in which the issue began."""
    code = report_code(world)
    issue = world.issues["checkout"]
    Issue.objects.filter(pk=issue.pk).update(first_release="shop@1")
    Regression.objects.create(release=code.release, issue=issue, at=issue.last_seen)
    page = page_of(alice, issue)
    assert suspects(page) == [PLACING[:4], CHECKOUT[:4]]
    assert "in the release the issue came back with" in page


def test_a_release_of_another_organisation_tells_nothing(world: World, alice: Client) -> None:
    """However it is called."""
    code = report_code(world)
    other = world.organization.__class__.objects.create(slug="other", name="Other")
    Release.objects.filter(pk=code.release.pk).update(organization=other)
    assert suspects(page_of(alice, world.issues["checkout"])) == []


def test_frames_lead_to_their_line_at_the_release_s_commit(world: World, alice: Client) -> None:
    """The commit that the release was built from; else its newest; else the branch."""
    code = report_code(world, is_mapped=True)
    issue, path = world.issues["checkout"], "backend/shop/orders/placing.py#L42"
    assert f'href="{ADDRESS}/blob/{OTHER}/{path}"' in page_of(alice, issue)
    built_from(code, PLACING)
    page = page_of(alice, issue)
    assert f'href="{ADDRESS}/blob/{PLACING}/{path}"' in page
    assert f'href="{ADDRESS}/commit/{PLACING}"' in page
    assert "django/core/handlers" not in "".join(re.findall(r'href="([^"]+)"', page))
    code.release.delete()
    assert f'href="{ADDRESS}/blob/trunk/{path}"' in page_of(alice, issue)


def test_a_mapping_is_offered_and_taken_with_one_click(world: World, alice: Client) -> None:
    """Where the files of commits leave one possibility only."""
    code = report_code(world)
    page = page_of(alice, world.issues["checkout"])
    assert "Link the frames" in page
    form = page.partition('class="note" method="post"')[2].partition("</form>")[0]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    answer = alice.post(f"/projects/{world.shop.pk}/code/", sent)
    assert answer["Location"] == f"/issues/{world.issues['checkout'].pk}/"
    held = CodeMapping.objects.get(project=world.shop)
    assert (held.repository, held.stack_root, held.source_root) == (code.repository, "", "backend/")
    page = page_of(alice, world.issues["checkout"])
    assert "Link the frames" not in page
    assert f"/settings/repositories/#repository-{code.repository.pk}" in page  # no address yet


def test_what_is_ambiguous_is_not_offered(world: World, alice: Client, bob: Client) -> None:
    """Two folders that hold such a file; nor to whom may not take it."""
    code = report_code(world)
    assert "Link the frames" not in page_of(bob, world.issues["checkout"])
    paths = ("backend/shop/orders/placing.py", "old/shop/orders/placing.py")
    set_commits(code.release, [commit("d4" * 20, "Move", "bob@example.com", *paths)])
    page = page_of(alice, world.issues["checkout"])
    assert suspects(page) == ["d4d4"]
    assert "Link the frames" not in page


def test_a_frame_opens_in_the_viewer_s_own_editor(world: World, alice: Client, bob: Client) -> None:
    """At its line, below the folder that the person named; for nobody else."""
    report_code(world, is_mapped=True)
    saved = alice.post(
        "/account/editor/", {"editor": "vscode", f"root-{world.shop.pk}": "/home/alice/my code/"}
    )
    assert saved.status_code == 302
    place = "vscode://file/home/alice/my%20code/backend/shop/orders/placing.py:42"
    assert f'href="{place}"' in page_of(alice, world.issues["checkout"])
    assert "vscode://" not in page_of(bob, world.issues["checkout"])
    assert alice.post("/account/editor/", {"editor": ""}).status_code == 302
    assert "vscode://" not in page_of(alice, world.issues["checkout"])


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert('{path}')",
        "https://evil.example/{path}",
        "file://{path}",
        "vscode:{path}",
        "vscode://file",
        "ms-msdt://{path}",
        "vscode://x\n{path}",
    ],
)
def test_only_editors_are_opened(template: str, world: World, alice: Client) -> None:
    """What an address begins with is one of a list; one that got in otherwise is no link."""
    sent = {"editor": "own", "template": template, f"root-{world.shop.pk}": "/home/alice"}
    answer = alice.post("/account/editor/", sent)
    assert answer.status_code == 400
    assert "scheme of an editor" in answer.content.decode()
    EditorChoice.objects.create(user=world.alice, editor="own", template=template)
    LocalRoot.objects.create(user=world.alice, project=world.shop, path="/home/alice")
    assert 'title="Open in' not in page_of(alice, world.issues["checkout"])


@pytest.mark.parametrize("root", ["code", "../code", "/home/../etc", "~/code"])
def test_a_folder_is_a_whole_path(root: str, world: World, alice: Client) -> None:
    """Said in words."""
    answer = alice.post("/account/editor/", {"editor": "zed", f"root-{world.shop.pk}": root})
    assert answer.status_code == 400
    assert "no whole path" in answer.content.decode()


def test_authors_are_suggested_and_assigned_with_one_click(world: World, alice: Client) -> None:
    """Members by their proved address, the nearest first; searches find it by whom it is."""
    report_code(world)
    issue = world.issues["checkout"]
    menu = page_of(alice, issue).partition("Suggested")[2].partition(">Members<")[0]
    assert [int(pk) for pk in re.findall(r'name="assignee" value="(\d+)"', menu)] == [
        world.bob.pk,
        world.alice.pk,
    ]
    answer = alice.post(f"/issues/{issue.pk}/assignee/", {"assignee": world.bob.pk})
    assert answer.status_code == 302
    held = Assignment.objects.get(issue=issue)
    assert (held.user, held.by) == (world.bob, world.alice)
    assert "is assigned to Bob" in alice.get("/issues/").content.decode()
    for query, number in (("assigned:bob@example.com", 1), ("assigned:me", 0), ("is:assigned", 1)):
        page = alice.get("/issues/", {"query": query}).content.decode()
        assert ("PaymentFailed" in page) is bool(number)
    assert alice.post(f"/issues/{issue.pk}/assignee/", {"assignee": ""}).status_code == 302
    page = alice.get("/issues/", {"query": "is:unassigned"}).content.decode()
    assert "PaymentFailed" in page


def test_many_issues_are_assigned_at_once(world: World, alice: Client, bob: Client) -> None:
    """To oneself, to a member, to nobody; who does not see a project is not given its issues."""
    names = ("checkout", "message", "browser")
    picked = [str(world.issues[name].pk) for name in names]
    assert 'formaction="/issues/assignee/"' in alice.get("/issues/").content.decode()

    def assign(client: Client, assignee: str) -> int:
        about = {"issue": picked, "assignee": assignee}
        return client.post("/issues/assignee/", about).status_code

    def owners() -> list[User | None]:
        held = Assignment.objects.filter(issue__in=picked).order_by("issue__project", "issue")
        return [one.user for one in held]

    assert assign(bob, "me") == 302
    assert owners() == [world.bob] * 3
    Membership.objects.filter(user=world.bob).update(sees_all=False)
    ProjectMember.objects.create(project=world.shop, membership=world.bob.memberships.get())
    assert assign(alice, "") == 302
    assert owners() == [None] * 3
    assert assign(alice, str(world.bob.pk)) == 302
    assert owners() == [world.bob, world.bob, None]
    assert assign(alice, str(world.charlie.pk)) == 400
    assert assign(bob, "me") == 302
    assert owners() == [world.bob, world.bob, None]


def test_issues_of_who_leaves_are_nobody_s(world: World, alice: Client) -> None:
    """They are found as unassigned, and show no name."""
    issue = world.issues["checkout"]
    Assignment.objects.create(issue=issue, user=world.bob, by=world.alice)
    remove_member(world.bob.memberships.get(), by=world.alice)
    assert issue.short_name in alice.get("/issues/?query=is:unassigned").content.decode()
    assert not Assignment.objects.filter(issue=issue).exists()


def test_me_is_who_searches(world: World, alice: Client, bob: Client) -> None:
    """The same search finds something else for each."""
    issue = world.issues["checkout"]
    alice.post(f"/issues/{issue.pk}/assignee/", {"address": "bob@example.com"})
    for client, is_found in ((alice, False), (bob, True)):
        page = client.get("/issues/", {"query": "assigned:me"}).content.decode()
        assert ("PaymentFailed" in page) is is_found


def test_an_unproved_or_foreign_author_is_not_suggested(world: World, alice: Client) -> None:
    """An address in a commit proves nothing."""
    report_code(world)
    issue = world.issues["checkout"]
    User.objects.filter(pk=world.alice.pk).update(is_address_proven=False)
    bob = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=bob.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=bob, project=world.web)
    page = page_of(alice, issue)
    assert suspects(page) == [PLACING[:4], CHECKOUT[:4]]
    assert "Suggested" not in page
    answer = alice.post(f"/issues/{issue.pk}/assignee/", {"assignee": world.bob.pk})
    assert answer.status_code == 400
    assert not Assignment.objects.exists()


def test_rules_suggest_whom_they_name(world: World, alice: Client) -> None:
    """After the authors; files are known as the repository names them, too."""
    report_code(world, is_mapped=True)
    rules = "codeowners:/backend/ alice@example.com #till\npath:nothing/** bob@example.com"
    sent = {"form": "owners", "rules": rules}
    assert alice.post(f"/projects/{world.shop.slug}/code/", sent).status_code == 302
    menu = page_of(alice, world.issues["checkout"]).partition("Suggested")[2]
    menu = menu.partition(">Members<")[0]
    assert "#till" in menu
    assert "owns codeowners:/backend/" in menu
    wrong = alice.post(f"/projects/{world.shop.slug}/code/", {"form": "owners", "rules": "x y"})
    assert wrong.status_code == 400
    assert "Line 1: begin with path:" in wrong.content.decode()


def test_new_issues_are_assigned_where_the_project_wants_it(world: World, alice: Client) -> None:
    """From when it is switched on; what somebody decided stays as it is."""
    from vedette.sources.assigning import assign_waiting

    rules = "path:** bob@example.com\ntags.region:* alice@example.com"
    sent = {"form": "owners", "rules": rules, "assigns": "on"}
    assert alice.post(f"/projects/{world.shop.slug}/code/", sent).status_code == 302
    Ownership.objects.update(last_issue=world.issues["checkout"].pk - 1)
    taken = world.issues["crash"]
    alice.post(f"/issues/{taken.pk}/assignee/", {"assignee": ""})
    assign_waiting(world.visible)
    assigned = dict(Assignment.objects.values_list("issue", "user"))
    assert assigned[world.issues["checkout"].pk] == world.alice.pk
    assert assigned[taken.pk] is None
    Assignment.objects.all().delete()
    assign_waiting(world.visible)
    assert not Assignment.objects.exists()


def test_one_project_s_fault_and_a_person_s_choice_hinder_no_assignment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another project has its turn all the same; whom a person chose meanwhile stays."""
    from vedette.sources import assigning

    for project in (world.web, world.shop):
        Ownership.objects.create(project=project, rules="path:** alice@example.com", assigns=True)
    issue, taken = world.issues["checkout"], world.issues["crash"]

    def owner_of(found: Issue, _: object) -> User:
        if found.project == world.web:
            raise RuntimeError("a payload that nobody foresaw")
        if found == taken:
            Assignment.objects.create(issue=taken, user=world.bob, by=world.bob)
        return world.alice

    monkeypatch.setattr(assigning, "_owner", owner_of)
    with pytest.raises(RuntimeError):
        assigning.assign_waiting(world.visible)
    assigned = dict(Assignment.objects.values_list("issue", "user"))
    assert (assigned[issue.pk], assigned[taken.pk]) == (world.alice.pk, world.bob.pk)


def test_repositories_are_named_and_given_an_address(world: World, alice: Client) -> None:
    """What cannot be a link is refused in words; the page shows what addresses look like."""
    code = report_code(world)
    here, new = "/settings/repositories/", "/settings/repositories/lantern/"
    assert "no address" in alice.get(here).content.decode()
    sent: dict[str, Any] = {"name": "lantern/shop", "url": "git@gitlab.com:lantern/shop.git"}
    assert alice.post(f"{here}{code.repository.pk}/change/", sent).status_code == 302
    assert "https://gitlab.com/lantern/shop/-/blob/" in alice.get(here).content.decode()
    for url, words in (("javascript:alert(1)", "such as"), ("https://x.example/a", "Choose what")):
        answer = alice.post(new, {"name": "a/b", "url": url})
        assert answer.status_code == 400
        assert words in answer.content.decode()
    taken = alice.post(new, {"name": "lantern/shop"})
    assert "already" in taken.content.decode()
    assert alice.post(new, {"name": "a/b"}).status_code == 302
    assert alice.post(f"{here}{code.repository.pk}/change/", {"do": "remove"}).status_code == 302
    page = alice.get(here).content.decode()
    assert "a/b" in page
    assert "gitlab.com" not in page


def test_members_see_the_repositories_of_their_projects(world: World, bob: Client) -> None:
    """And change none."""
    code = report_code(world)
    assert "lantern/shop" in bob.get("/settings/repositories/").content.decode()
    assert bob.post("/settings/repositories/lantern/", {"name": "a/b"}).status_code == 403
    address = f"/settings/repositories/{code.repository.pk}/change/"
    assert bob.post(address, {"do": "remove"}).status_code in (403, 404)
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)
    assert "lantern/shop" not in bob.get("/settings/repositories/").content.decode()


def test_mappings_are_changed_and_removed_on_the_project_s_page(
    world: World, alice: Client
) -> None:
    """What is wrong is said at the form."""
    code = report_code(world, is_mapped=True)
    here = f"/projects/{world.shop.slug}/code/"
    held = CodeMapping.objects.get()
    one = f"{here}{held.pk}/"
    sent = {"repository": code.repository.pk, "stack_root": "/srv/shop/", "source_root": "a/../.."}
    answer = alice.post(one, sent)
    assert answer.status_code == 400
    assert "without" in answer.content.decode()
    assert alice.post(one, {**sent, "source_root": "backend"}).status_code == 302
    held.refresh_from_db()
    assert (held.stack_root, held.default_branch) == ("/srv/shop/", "main")
    twice = alice.post(here, {**sent, "source_root": ""})
    assert "has a mapping already" in twice.content.decode()
    assert alice.post(one, {"do": "remove"}).status_code == 302
    assert not CodeMapping.objects.exists()


def test_an_issue_keeps_its_assignee_through_its_states(world: World, alice: Client) -> None:
    """Resolving and reopening change who works on it as little as a new event does."""
    issue = world.issues["checkout"]
    alice.post(f"/issues/{issue.pk}/assignee/", {"assignee": world.bob.pk})
    for status in (Status.RESOLVED, Status.UNRESOLVED):
        alice.post("/issues/status/", {"issue": issue.pk, "status": status})
    assert Assignment.objects.get(issue=issue).user == world.bob


def test_issues_that_are_made_one_keep_who_works_on_them(world: World, alice: Client) -> None:
    """That of the one that goes counts where nobody was given the other."""
    from vedette.issues.merging import merge

    issue, other = world.issues["checkout"], world.issues["crash"]
    alice.post(f"/issues/{other.pk}/assignee/", {"assignee": world.bob.pk})
    kept = merge(issue, other)
    assert Assignment.objects.get(issue=kept).user == world.bob


def test_more_commits_ask_no_more_of_the_database(world: World, alice: Client) -> None:
    """A page costs the same number of questions, whatever a release holds."""
    from django.db import connection

    code = report_code(world, is_mapped=True)
    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    numbers = []
    for commits in (0, 300):
        more = [
            commit(f"{number:040x}", "More", "bob@example.com", f"backend/{number}/placing.py")
            for number in range(commits)
        ]
        placing = commit(PLACING, "Charge", "bob@example.com", "backend/shop/orders/placing.py")
        set_commits(code.release, [*more, placing])
        asked.clear()
        with connection.execute_wrapper(count):
            assert suspects(page_of(alice, world.issues["checkout"])) == [PLACING[:4]]
        numbers.append(len(asked))
    assert numbers[1] <= numbers[0] <= 34
