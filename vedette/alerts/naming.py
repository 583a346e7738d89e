"""What an alert is called, and the labels by which it is routed, silenced and found."""

from __future__ import annotations

from vedette.alerts.rules import LiveRule
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.rules.windows import Key

_TITLE = 400


def labels_of(live: LiveRule, key: Key, issue: Issue | None = None) -> dict[str, str]:
    """Rule, project and the values of the key by their names; of an issue also what it is."""
    project = Project.objects.only("slug", "name").get(pk=live.project_id)
    labels = {"rule": live.slug, "project": project.slug, **live.labels}
    for written, value in zip(live.rule.per, key, strict=True):
        if written == "issue":
            issue = Issue.objects.filter(pk=int(value), project_id=live.project_id).first()
        else:
            labels[_plain(written)] = value
    if issue is not None:
        issue.project = project
        labels |= {
            "issue": issue.short_name,
            "issue_id": str(issue.pk),
            "issue_title": issue.title[:_TITLE],
            "error_type": issue.type,
        }
    return labels


def title_of(live: LiveRule, labels: dict[str, str]) -> str:
    """The rule's name and what it is about."""
    about = labels.get("issue_title", "")
    if not about:
        about = ", ".join(
            f"{_plain(written)} {labels.get(_plain(written)) or '(none)'}"
            for written in live.rule.per
        )
    return (f"{live.rule.name}: {about}" if about else live.rule.name)[:_TITLE]


def _plain(written: str) -> str:
    """The name of a key without the form of a tag."""
    if written.startswith("tags[") and written.endswith("]"):
        return written[5:-1]
    return written
