"""How much of the disk the installation may take."""

from __future__ import annotations

from vedette.options import Level, Option, OptionGroup

GROUP = OptionGroup(
    name="disk",
    label="Disk",
    help="Where the data folder would be larger, or the disk emptier of room, what is worth "
    "least and oldest goes before its time: recordings, profiles and files, then spans and logs, "
    "then events but for the last of each issue.",
    counts="It is kept to from now on.",
    order=61,
    levels=(Level.INSTALLATION,),
    options=(
        Option(
            name="most_gb",
            label="Most of the data folder",
            help="Everything in it counts; 0 is no limit.",
            form="number",
            default=0.0,
            most=1_000_000,
            unit="GB",
        ),
        Option(
            name="free_gb",
            label="Keep free on the disk",
            help="A tenth of a small disk. What came within a day is never given up for it: then "
            "the door refuses.",
            form="number",
            default=2.0,
            most=1_000_000,
            unit="GB",
        ),
    ),
)
