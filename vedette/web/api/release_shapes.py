"""Releases, deploys, commits and their files as Sentry's API gives them (protocol, 5.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from vedette.releases.figures import Facts
from vedette.releases.models import Commit, CommitFile, Deploy, Release
from vedette.web.api.issue_shapes import time_text


def release_shape(release: Release, facts: Facts) -> dict[str, Any]:
    """A release."""
    parts = release.parts
    return {
        "id": release.pk,
        "version": release.version,
        "shortVersion": parts.description,
        "status": release.status,
        "ref": release.ref or None,
        "url": release.url or None,
        "dateCreated": time_text(release.created_at),
        "dateStarted": _time(release.started_at),
        "dateReleased": _time(release.released_at),
        "firstEvent": _time(facts.first_seen),
        "lastEvent": _time(facts.last_seen),
        "newGroups": facts.new_issue_count,
        "commitCount": facts.commit_count,
        "deployCount": facts.deploy_count,
        "lastCommit": commit_shape(facts.last_commit) if facts.last_commit else None,
        "lastDeploy": deploy_shape(facts.deploys[0]) if facts.deploys else None,
        "authors": [{"name": name, "email": email} for name, email in facts.authors],
        "owner": None,
        "data": {},
        "projects": [
            {
                "id": project.pk,
                "slug": project.slug,
                "name": project.name,
                "platform": project.platform or None,
                "platforms": [project.platform] if project.platform else [],
                "newGroups": facts.new_issues.get(project.pk, 0),
                "hasHealthData": False,
            }
            for project in facts.projects
        ],
        "versionInfo": _version_shape(release),
    }


def deploy_shape(deploy: Deploy) -> dict[str, Any]:
    """A deploy."""
    return {
        "id": str(deploy.pk),
        "environment": deploy.environment,
        "name": deploy.name or None,
        "url": deploy.url or None,
        "dateStarted": _time(deploy.started_at),
        "dateFinished": time_text(deploy.finished_at),
    }


def commit_shape(commit: Commit) -> dict[str, Any]:
    """A commit."""
    return {
        "id": commit.key,
        "message": commit.message,
        "dateCreated": time_text(commit.committed_at),
        "author": _author(commit),
        "repository": {"id": str(commit.repository_id), "name": commit.repository.name},
    }


def file_shape(file: CommitFile) -> dict[str, Any]:
    """A file that a commit changed."""
    commit = file.commit
    return {
        "id": str(file.pk),
        "filename": file.path,
        "type": file.type,
        "author": _author(commit),
        "commitMessage": commit.message,
        "dateCreated": time_text(commit.committed_at),
        "repoName": commit.repository.name,
    }


def _author(commit: Commit) -> dict[str, str] | None:
    if not commit.author_name and not commit.author_email:
        return None
    return {"name": commit.author_name, "email": commit.author_email}


def _version_shape(release: Release) -> dict[str, Any]:
    parts = release.parts
    version: dict[str, Any] = {"raw": parts.version_raw}
    if parts.version:
        numbers = zip(("major", "minor", "patch", "revision"), parts.version.numbers, strict=True)
        version |= {
            **dict(numbers),
            "pre": parts.version.pre,
            "buildCode": parts.version.build_code,
            "components": parts.version.components,
        }
    return {
        "package": parts.package,
        "version": version,
        "description": parts.description,
        "buildHash": parts.build_hash,
    }


def _time(moment: datetime | None) -> str | None:
    return time_text(moment) if moment else None
