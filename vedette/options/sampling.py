"""Of which traces the spans are kept."""

from __future__ import annotations

from vedette.options import Option, OptionGroup


def _problem_of(line: str) -> str:
    # loaded by who checks rules only: the door reads options, and samples nothing
    from vedette.pipeline.sampling import problem_of

    return problem_of(line)


GROUP = OptionGroup(
    name="sampling",
    label="Sampling",
    help="How much is kept of transactions and spans, a whole trace or nothing of it. What is kept "
    "stands for the rest, so counts stay right. Errors are always kept.",
    order=30,
    options=(
        Option(
            name="rules",
            label="Rules",
            help="One a line, the first that fits counts: “100% is:new”, “0% "
            "transaction:/health*”, “50% environment:staging release:2.*”, “10%” for the rest. "
            "Without one that fits all is kept.",
            form="lines",
            default=[],
            most_entries=50,
            most_characters=300,
            check=_problem_of,
        ),
    ),
)
