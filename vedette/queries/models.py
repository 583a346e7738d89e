"""A question with a name, for its owner or for the whole organisation."""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization, User

MOST_NAME_CHARACTERS = 100
MOST_QUESTION_CHARACTERS = 8000


class SavedQuery(models.Model):
    """`question` is the query of the address that asks it. Shared ones outlive their owner."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="queries")
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="queries")
    name = models.CharField(max_length=MOST_NAME_CHARACTERS)
    question = models.TextField(max_length=MOST_QUESTION_CHARACTERS)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["organization", "name"], name="query_by_name")]

    def __str__(self) -> str:
        return self.name
