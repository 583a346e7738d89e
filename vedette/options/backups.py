"""Where this installation puts its backups, how often, and how many it keeps."""

from __future__ import annotations

from vedette.options import Level, Option, OptionGroup

_YEAR_HOURS = 8760


def _place(words: str) -> str:
    """What is wrong with a place."""
    if not words or words.startswith(("/", "s3://")):
        return ""
    return "write the whole path of a folder, or s3://BUCKET/PREFIX?endpoint=https://…&region=…"


GROUP = OptionGroup(
    name="backups",
    label="Backups",
    help="What is taken by itself of everything that this installation keeps, beside its work. A "
    "backup holds its secrets: keep the place as safe as the data.",
    order=90,
    levels=(Level.INSTALLATION,),
    options=(
        Option(
            name="place",
            label="Place",
            help="A folder, on another disk best: /mnt/backups/vedette. Or S3: "
            "s3://BUCKET/PREFIX?endpoint=https://…&region=…, with VEDETTE_BACKUP_S3_KEY_ID and "
            "VEDETTE_BACKUP_S3_SECRET in the environment. Empty: no backups.",
            form="words",
            default="",
            check=_place,
        ),
        Option(
            name="hours",
            label="Every",
            form="number",
            default=24,
            least=1,
            most=_YEAR_HOURS,
            unit="hours",
        ),
        Option(
            name="keep_last",
            label="Keep the last",
            form="number",
            default=3,
            least=1,
            most=10_000,
            unit="backups",
        ),
        Option(
            name="keep_days",
            label="Keep one a day for",
            form="number",
            default=14,
            most=10_000,
            unit="days",
        ),
        Option(
            name="keep_weeks",
            label="Keep one a week for",
            form="number",
            default=8,
            most=10_000,
            unit="weeks",
        ),
        Option(
            name="verify_days",
            label="Verify the newest every",
            help="All of it is read and opened. 0: never.",
            form="number",
            default=7,
            most=3650,
            unit="days",
        ),
    ),
)
