"""What makes feedback look like spam."""

from __future__ import annotations

from vedette.options import Option, OptionGroup

GROUP = OptionGroup(
    name="feedback",
    label="Feedback",
    help="What shows one of these signs goes to the tab Spam of the inbox, with the sign beside "
    "it. Nothing is thrown away, and what somebody moved back stays where it is.",
    order=50,
    options=(
        Option(
            name="spam_links",
            label="Links",
            help="So many links in one text are a sign; 0 is never.",
            form="number",
            default=3,
            most=1000,
        ),
        Option(
            name="spam_repeats",
            label="The same text",
            help="So often within a day it is a sign, for all of them; 0 is never.",
            form="number",
            default=5,
            most=100_000,
        ),
        Option(
            name="spam_phrases",
            label="Phrases",
            help="One a line; a text that has one of them shows a sign, whatever its case.",
            form="lines",
            default=[],
            is_added=True,
        ),
    ),
)
