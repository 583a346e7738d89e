"""Bytes live as long as something needs them, and no longer."""

from __future__ import annotations

import os
from datetime import timedelta

from django.test import Client

from tests.artifacts.bundling import assemble, bundle, pieces, send_chunk, upload
from vedette import clock
from vedette.artifacts.bundles import remove_bundle
from vedette.artifacts.models import ArtifactFile, Bundle, Chunk
from vedette.artifacts.sweeping import sweep
from vedette.blobs.packed import PackedFolder

RETENTION = timedelta(days=90)


def _age(folder: PackedFolder) -> None:
    """All bytes were written two hours ago."""
    for path in folder.folder.glob("??/*"):
        os.utime(path, (clock.timestamp() - 7200,) * 2)


def test_chunks_go_after_a_day_and_files_stay(token: Client, folder: PackedFolder) -> None:
    """The bundle was taken apart; its chunks are needed no more."""
    upload(token, bundle())
    _age(folder)
    sweep(RETENTION)
    assert Chunk.objects.count() == 1
    Chunk.objects.update(touched_at=clock.now() - timedelta(days=2))
    sweep(RETENTION)
    assert Chunk.objects.count() == 0
    named = set(ArtifactFile.objects.values_list("blob", flat=True))
    assert set(folder.names_before(float("inf"))) == named


def test_bytes_of_two_bundles_go_with_the_second(token: Client, folder: PackedFolder) -> None:
    """A file that both hold outlives the first."""
    for release in ("a", "b"):
        upload(token, bundle(release=release))
    Chunk.objects.all().delete()
    for left in (2, 0):
        remove_bundle(Bundle.objects.earliest("pk"))
        _age(folder)
        sweep(RETENTION)
        assert len(folder.names_before(float("inf"))) == left


def test_bytes_written_a_moment_ago_stay(token: Client, folder: PackedFolder) -> None:
    """Their row may still be on its way."""
    folder.put(b"on its way")
    sweep(RETENTION)
    assert len(folder.names_before(float("inf"))) == 1


def test_a_bundle_goes_when_it_was_not_used_for_as_long_as_events_are_kept(
    token: Client, folder: PackedFolder
) -> None:
    """One that still serves frames stays, however old."""
    upload(token, bundle())
    long_ago = clock.now() - timedelta(days=91)
    Bundle.objects.update(created_at=long_ago, used_at=clock.now())
    sweep(RETENTION)
    assert Bundle.objects.exists()
    Bundle.objects.update(used_at=long_ago)
    sweep(RETENTION)
    assert not Bundle.objects.exists()


def test_chunks_that_are_asked_for_again_stay(token: Client, folder: PackedFolder) -> None:
    """An upload that takes days does not lose its beginning."""
    data = bundle()
    first, *_ = chunks = pieces(data, 100)
    send_chunk(token, first)
    Chunk.objects.update(touched_at=clock.now() - timedelta(hours=23))
    assemble(token, data, chunks)
    assert Chunk.objects.get().touched_at > clock.now() - timedelta(minutes=1)
