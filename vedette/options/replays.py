"""Which replays stay, and which of what happens in them is told as an issue."""

from __future__ import annotations

from vedette.options import Option, OptionGroup

GROUP = OptionGroup(
    name="replays",
    label="Replays",
    help="Replays are kept as long as storage says. Here they can go earlier where nothing went "
    "wrong, and what people clicked in vain can become issues.",
    counts="What goes, goes within the hour; issues are made of what comes from now on.",
    order=55,
    options=(
        Option(
            name="only_with_errors",
            label="Keep only replays with errors",
            help="A replay without an error and without feedback goes some hours after its end.",
            form="switch",
            default=False,
        ),
        Option(
            name="without_errors_hours",
            label="Hours until the others go",
            help="So long somebody can still look at a visit in which nothing went wrong.",
            form="number",
            default=24,
            least=1,
            most=8760,
        ),
        Option(
            name="rage_click_issues",
            label="Issues of rage clicks",
            help="Something is clicked five times or more within some seconds, and nothing "
            "comes of it.",
            form="switch",
            default=False,
        ),
        Option(
            name="dead_click_issues",
            label="Issues of dead clicks",
            help="Something is clicked, and nothing comes of it within seven seconds.",
            form="switch",
            default=False,
        ),
        Option(
            name="hydration_issues",
            label="Issues of hydration errors",
            help="A page that the server rendered could not be taken over by its script.",
            form="switch",
            default=True,
        ),
    ),
)
