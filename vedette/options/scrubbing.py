"""What is removed from what is reported before it is stored."""

from __future__ import annotations

from vedette.options import Option, OptionGroup

_MOST_FIELDS = 200  # three places may add as many, within the bound of the scrubber
_MOST_CHARACTERS = 100
_MOST_RULE_CHARACTERS = 400


def _problem_of_rule(line: str) -> str:
    # loaded by who checks rules only: the door reads options, and scrubs nothing
    from vedette.pipeline.scrub.rule_lines import problem_of

    return problem_of(line)


GROUP = OptionGroup(
    name="scrubbing",
    label="Scrubbing",
    help="What is removed before anything is stored. Passwords, secrets, card numbers and keys "
    "are, unless you turn it off.",
    order=10,
    options=(
        Option(
            name="enabled",
            label="Scrub",
            help="Off: nothing is removed but addresses and e-mails, where those are set.",
            form="switch",
            default=True,
        ),
        Option(
            name="defaults",
            label="Built-in rules",
            help="Passwords, tokens, keys, card numbers, whatever their fields are called.",
            form="switch",
            default=True,
        ),
        Option(
            name="strict",
            label="Strict",
            help="Remove every value that contains a word such as “password” or “token” whole, "
            "not only the secret in it.",
            form="switch",
            default=False,
        ),
        Option(
            name="ip_addresses",
            label="Remove IP addresses",
            form="switch",
            default=False,
            setting="scrub_ip_addresses",
        ),
        Option(
            name="emails",
            label="Remove e-mail addresses from free text",
            form="switch",
            default=False,
            setting="scrub_emails",
        ),
        Option(
            name="sensitive_fields",
            label="More sensitive fields",
            help="Names whose values are always removed, one a line.",
            form="lines",
            default=[],
            is_added=True,
            most_entries=_MOST_FIELDS,
            most_characters=_MOST_CHARACTERS,
        ),
        Option(
            name="safe_fields",
            label="Safe fields",
            help="Names whose values are never removed, one a line; or paths such as extra.note "
            "and $frame.vars.*.",
            form="lines",
            default=[],
            is_added=True,
            most_entries=_MOST_FIELDS,
            most_characters=_MOST_CHARACTERS,
        ),
        Option(
            name="rules",
            label="Own rules",
            help="One a line: replace, mask, hash, remove or filter, then a type of data or an "
            "/expression/, and where: “mask creditcard”, “hash email in $user”, “remove "
            "/order-[0-9]+/ in extra.**”, “remove anything in request.data.note”.",
            form="lines",
            default=[],
            is_added=True,
            most_entries=50,
            most_characters=_MOST_RULE_CHARACTERS,
            check=_problem_of_rule,
        ),
    ),
)
