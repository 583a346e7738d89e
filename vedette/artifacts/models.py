"""What was uploaded: chunks on their way, bundles with their files, debug files, and the tally
of frames that were read with them. The bytes lie in `Config.artifact_folder`, by content.
"""

from __future__ import annotations

from django.db import models

from vedette import clock
from vedette.accounts.models import Organization
from vedette.projects.models import Project


class Chunk(models.Model):
    """A piece of a file that is being uploaded. Swept a day after it was last of use."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    checksum = models.CharField(max_length=40, help_text="SHA-1 of the bytes.")
    blob = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    touched_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "checksum"], name="one_chunk")
        ]


class BundleKind(models.TextChoices):
    """How the files of a bundle came."""

    UPLOADED = "uploaded"
    SINGLE = "single", "single files of a release"
    FETCHED = "fetched", "fetched from their public address"


class Bundle(models.Model):
    """Files that came together. An uploaded one is known by the SHA-1 of its archive."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    kind = models.CharField(max_length=16, choices=BundleKind.choices, default=BundleKind.UPLOADED)
    checksum = models.CharField(max_length=80)
    size_bytes = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(null=True, blank=True, help_text="Exact to an hour.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "checksum"], name="one_bundle")
        ]


class BundlePlace(models.Model):
    """A project, and the release and build in it, that a bundle was uploaded for."""

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="places")
    project = models.ForeignKey(Project, models.CASCADE)
    release = models.CharField(max_length=250, blank=True)
    dist = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bundle", "project", "release", "dist"], name="one_bundle_place"
            )
        ]
        indexes = [models.Index(fields=["project", "release"], name="bundle_place_release")]


class FileType(models.TextChoices):
    """What a file is, in the words of a bundle's manifest."""

    SOURCE = "source"
    MINIFIED = "minified_source"
    SOURCE_MAP = "source_map"
    RAM_BUNDLE = "indexed_ram_bundle"


class ArtifactFile(models.Model):
    """One file of a bundle. `url_key` is the number of its address, for looking it up.

    `sourcemap` is what the file says of where its map is: a reference, relative to its address.
    """

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="files")
    type = models.CharField(max_length=24, choices=FileType.choices)
    url = models.CharField(max_length=2000)
    url_key = models.BigIntegerField(db_index=True)
    debug_id = models.UUIDField(null=True, db_index=True)
    sourcemap = models.CharField(max_length=2000, blank=True)
    headers = models.JSONField(default=dict)
    blob = models.CharField(max_length=64)
    checksum = models.CharField(max_length=40, help_text="SHA-1 of the bytes.")
    size_bytes = models.BigIntegerField()
    is_unsafe = models.BooleanField(default=False, help_text="No parser survives the script.")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "type", "url_key"], name="one_artifact_file")
        ]


class MapFetch(models.Model):
    """A script whose map is to be fetched from its public address, and what came of that."""

    project = models.ForeignKey(Project, models.CASCADE)
    url = models.CharField(max_length=2000)
    url_key = models.BigIntegerField()
    asked_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True, db_index=True)
    fault = models.CharField(max_length=300, blank=True, help_text="Why there is no map.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "url_key"], name="one_map_fetch")]


class DebugFile(models.Model):
    """A debug file of a native program, as it came, and `symbols`, its symbol cache, if it has
    one, and `frame_info`, its call frame information. `fault` says why it has no symbol cache
    though it should."""

    project = models.ForeignKey(Project, models.CASCADE)
    checksum = models.CharField(max_length=40, help_text="SHA-1 of the bytes.")
    name = models.CharField(max_length=500)
    debug_id = models.CharField(max_length=64, blank=True)
    code_id = models.CharField(max_length=64, blank=True)
    cpu = models.CharField(max_length=40, blank=True)
    symbol_type = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=16, blank=True)
    features = models.JSONField(default=list)
    fault = models.CharField(max_length=300, blank=True)
    blob = models.CharField(max_length=64)
    symbols = models.CharField(max_length=64, blank=True)
    frame_info = models.CharField(max_length=64, blank=True, default="")
    used_at = models.DateTimeField(null=True, blank=True, help_text="Exact to a day or two.")
    size_bytes = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "checksum", "debug_id"], name="one_debug_file"
            )
        ]
        indexes = [
            models.Index(fields=["project", "debug_id"], name="debug_file_debug_id"),
            models.Index(fields=["project", "code_id"], name="debug_file_code_id"),
        ]


class GroupMove(models.Model):
    """Where events of a group belong now that they can be read. Kept as long as events are
    read again, so that a restart or a later upload can still say of a whole issue what it is.
    """

    project = models.ForeignKey(Project, models.CASCADE)
    group_id = models.BigIntegerField()
    new_group_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "group_id", "new_group_id"], name="one_group_move"
            )
        ]


class FrameTally(models.Model):
    """How many frames of a release were read with a file on a day, and what came of it.

    `file_id` is 0 where no file was found; a file that is deleted keeps its count.
    """

    project = models.ForeignKey(Project, models.CASCADE)
    day = models.DateField()
    release = models.CharField(max_length=250, blank=True)
    file_id = models.BigIntegerField(default=0)
    bundle_id = models.BigIntegerField(default=0)
    verdict = models.CharField(max_length=24)
    frames = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "day", "release", "file_id", "verdict"], name="one_tally"
            )
        ]
        indexes = [models.Index(fields=["bundle_id"], name="tally_bundle")]
