"""A lease: who may do a thing, and until when."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """The right to run what `name` says, held by one process until `until`."""

    name = models.CharField(max_length=64, primary_key=True)
    holder = models.CharField(max_length=100)
    until = models.DateTimeField()


class Reach(models.Model):
    """How far a node has digested what it received, in seconds since 1970, and when it said so."""

    holder = models.CharField(max_length=100, primary_key=True)
    until = models.FloatField()
    noted_at = models.FloatField()
