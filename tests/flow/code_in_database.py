"""Suspect commits, links and assignments against the database that the environment names.

Run as a program by `test_postgres_code.py`; prints what was found as JSON.
"""

from __future__ import annotations

import json

from vedette import config, django_setup

django_setup.setup(config.load())
django_setup.migrate()

from vedette import clock  # noqa: E402
from vedette.accounts.models import Membership, Organization, User  # noqa: E402
from vedette.issues.assigning import assign, assignments_of  # noqa: E402
from vedette.issues.filtering import issue_filter  # noqa: E402
from vedette.issues.models import Issue  # noqa: E402
from vedette.projects.creation import create_project  # noqa: E402
from vedette.releases.changes import Wish, report_release  # noqa: E402
from vedette.releases.commits import SentCommit, set_commits  # noqa: E402
from vedette.releases.models import ChangeType, Repository  # noqa: E402
from vedette.search import parse_issue_search, split_issue_search  # noqa: E402
from vedette.sources.decisive import decisive_places  # noqa: E402
from vedette.sources.guessing import guess_mapping  # noqa: E402
from vedette.sources.links import source_links  # noqa: E402
from vedette.sources.mapping import MappingWish, add_mapping  # noqa: E402
from vedette.sources.owners import owners_of  # noqa: E402
from vedette.sources.repositories import (  # noqa: E402
    RepositoryWish,
    change_repository,
    commits_seen,
    repositories_seen,
)
from vedette.sources.suspects import suspects_of  # noqa: E402
from vedette.store.visible import VisibleProjects  # noqa: E402

FRAMES = [{"filename": f"shop/{name}.py", "in_app": True, "lineno": 7} for name in ("a", "b")]
EVENT = {"exception": {"values": [{"type": "E", "stacktrace": {"frames": FRAMES}}]}}


def found(query: str, person: User) -> int:
    """How many issues a search finds."""
    search = split_issue_search(parse_issue_search(query))
    return Issue.objects.filter(issue_filter(search.issue, person_id=person.pk)).count()


organization = Organization.objects.create(slug="o", name="O")
ann = User.objects.create_user("ann@example.com")
Membership.objects.create(organization=organization, user=ann)
project, other = create_project(organization, "Shop"), create_project(organization, "Other")
release, _ = report_release(organization, "shop@1", projects=[project], wish=Wish())
sent = [
    SentCommit(
        repository="o/shop",
        key=f"{number:040x}",
        author_email="Ann@example.com",
        files={f"api/shop/{name}.py": ChangeType.MODIFIED},
    )
    for number, name in enumerate(("a", "b", "c"))
]
set_commits(release, sent)
times = {"first_seen": clock.now(), "last_seen": clock.now()}
issue = Issue.objects.create(project=project, short_id=1, first_release="shop@1", **times)
guess = guess_mapping(project, decisive_places(EVENT))
repository = Repository.objects.get()
change_repository(repository, RepositoryWish(name="o/shop", url="https://github.com/o/shop"))
add_mapping(project, MappingWish(repository=repository, source_root="api"))
links = source_links(project, "shop@1")
link = links.link(decisive_places(EVENT)[0])
suspects = suspects_of(issue, EVENT, links)
owner = owners_of(project, EVENT, suspects, links).first
counts = []
for user in (ann, None, ann):
    assign([project], [issue.pk], user, by=None)
    counts.append([found(query, ann) for query in ("assigned:me", "is:unassigned", "!assigned:me")])
mine, foreign = (VisibleProjects.granted([one.pk]) for one in (project, other))
print(
    json.dumps(
        {
            "guess": guess.source_root if guess else None,
            "link": link.url if link else None,
            "suspects": [one.commit.key[-1] for one in suspects],
            "owner": owner.email if owner else None,
            "counts": counts,
            "assigned": len(assignments_of([issue])),
            "seen": [repositories_seen(organization, who).count() for who in (mine, foreign)],
            "commits": [commits_seen(repository, who).count() for who in (mine, foreign)],
        }
    )
)
