"""Configuration as text: a file that can be applied again, or a document of the rules."""

from __future__ import annotations

from typing import Any

import yaml

from vedette.accounts.models import Organization
from vedette.configuration._applying import everything
from vedette.rules.thresholds import ALWAYS


def as_yaml(organization: Organization) -> str:
    """A file for `vedette apply`. Secrets stand as `(set)`, which leaves them as they are."""
    held = {name: entries for name, entries in everything(organization).items() if entries}
    if not held:
        return ""
    text: str = yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=100)
    return text


def as_markdown(organization: Organization) -> str:
    """The rules of each project as a table, and their runbooks."""
    lines = [f"# Alert rules of {organization.name}", ""]
    rules = everything(organization)["rules"]
    for project in sorted({rule["project"] for rule in rules}):
        mine = [rule for rule in rules if rule["project"] == project]
        lines += [f"## {project}", "", "| rule | when | warning | critical | over |"]
        lines.append("|---|---|---|---|---|")
        lines += [_row(rule) for rule in mine]
        lines.append("")
        for rule in mine:
            if rule.get("runbook"):
                lines += [f"### {rule['name']}", "", rule["runbook"].strip(), ""]
    return "\n".join(lines).rstrip() + "\n"


def _row(rule: dict[str, Any]) -> str:
    levels = rule["levels"]
    name = rule["name"] if rule.get("enabled", True) else f"{rule['name']} (off)"
    cells = [name, _when(rule), levels.get("warning", ""), levels.get("critical", "")]
    cells.append(rule.get("resolve", "") or ("" if ALWAYS in levels.values() else "no level holds"))
    return "| " + " | ".join(_cell(text) for text in cells) + " |"


def _when(rule: dict[str, Any]) -> str:
    measure = rule["measure"]
    if isinstance(measure, dict):
        (name, value), *rest = measure.items()
        measure = f"{name} {value}"
        measure += "".join(f", {key} {one}" for key, one in rest)
    words = f"{rule['source']}: {measure}"
    if rule.get("window"):
        words += f" over {rule['window']}"
    if rule.get("per"):
        words += f" per {', '.join(rule['per'])}"
    return f"{words} where `{rule['filter']}`" if rule.get("filter") else words


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
