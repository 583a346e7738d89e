"""Writing a project's code mappings."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from vedette.projects.models import Project
from vedette.releases.models import Repository
from vedette.sources.links import MOST_MAPPINGS
from vedette.sources.models import CodeMapping
from vedette.sources.paths import is_outside


class InvalidMapping(ValueError):
    """What was said of a mapping cannot be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingWish:
    """What is said of a mapping."""

    repository: Repository
    stack_root: str = ""
    source_root: str = ""
    default_branch: str = "main"


def add_mapping(project: Project, wish: MappingWish) -> CodeMapping:
    """A new mapping. Raises InvalidMapping, also for a root that has one."""
    if project.code_mappings.count() >= MOST_MAPPINGS:
        raise InvalidMapping(f"A project has at most {MOST_MAPPINGS} code mappings.")
    return change_mapping(CodeMapping(project=project), wish)


def change_mapping(mapping: CodeMapping, wish: MappingWish) -> CodeMapping:
    """Say something else of it. Raises InvalidMapping."""
    stack_root, source_root = wish.stack_root.strip(), wish.source_root.strip()
    branch = wish.default_branch.strip()
    if wish.repository.organization_id != mapping.project.organization_id:
        raise InvalidMapping("The repository is of another organisation.")
    if any(len(one) > 500 or not one.isprintable() for one in (stack_root, source_root)):
        raise InvalidMapping("A root has at most 500 characters, all of which can be seen.")
    if is_outside(source_root.replace("\\", "/").rstrip("/")):
        raise InvalidMapping("The source root is a folder of the repository, without `..`.")
    if not branch or len(branch) > 250 or not branch.isprintable() or " " in branch:
        raise InvalidMapping("The default branch is a name such as main.")
    mapping.repository, mapping.default_branch = wish.repository, branch
    mapping.stack_root, mapping.source_root = stack_root, source_root
    try:
        with transaction.atomic():
            mapping.save()
    except IntegrityError:
        raise InvalidMapping(f"The stack root {stack_root!r} has a mapping already.") from None
    return mapping
