"""Saving, finding and changing queries: one's own, and those that an organisation shares."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from vedette import clock
from vedette.accounts.models import Organization, User
from vedette.queries.models import (
    MOST_NAME_CHARACTERS,
    MOST_QUESTION_CHARACTERS,
    SavedQuery,
)

MOST_OF_A_PERSON = 200


def queries_for(user: User, organizations: Iterable[Organization]) -> QuerySet[SavedQuery]:
    """The person's own and the shared ones of their organisations, by name."""
    mine = Q(owner=user) | Q(is_shared=True)
    found = SavedQuery.objects.filter(mine, organization__in=list(organizations))
    return found.select_related("owner").order_by("name", "pk")


def save(
    organization: Organization, owner: User, *, name: str, question: str, is_shared: bool
) -> SavedQuery:
    """A new query. Raises ValueError, in words."""
    if SavedQuery.objects.filter(organization=organization, owner=owner).count() >= (
        MOST_OF_A_PERSON
    ):
        raise ValueError(f"you have {MOST_OF_A_PERSON} saved queries; delete some first")
    return SavedQuery.objects.create(
        organization=organization,
        owner=owner,
        name=checked_name(name),
        question=_checked_question(question),
        is_shared=is_shared,
    )


def change(
    query: SavedQuery,
    *,
    name: str | None = None,
    question: str | None = None,
    is_shared: bool | None = None,
) -> None:
    """Change what is given. Raises ValueError, in words."""
    if name is not None:
        query.name = checked_name(name)
    if question is not None:
        query.question = _checked_question(question)
    if is_shared is not None:
        query.is_shared = is_shared
    query.changed_at = clock.now()
    query.save()


def checked_name(name: str) -> str:
    """The name without needless blanks. Raises ValueError for none, and for a long one."""
    plain = " ".join(name.split())
    if not plain:
        raise ValueError("a saved query needs a name")
    if len(plain) > MOST_NAME_CHARACTERS:
        raise ValueError(f"a name has at most {MOST_NAME_CHARACTERS} characters")
    return plain


def _checked_question(question: str) -> str:
    if len(question) > MOST_QUESTION_CHARACTERS:
        raise ValueError("this question is too long to be saved")
    return question
