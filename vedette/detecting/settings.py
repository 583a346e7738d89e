"""What projects have set of the detectors, read and written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.detecting.models import DetectorChoice
from vedette.problems.detection import Setting, read_settings
from vedette.problems.detectors import Detector, detectors
from vedette.projects.models import Project
from vedette.rules.problems import Problem

Chosen = Mapping[str, Any]


def all_settings() -> dict[int, dict[str, Setting]]:
    """By project what differs from the defaults."""
    rows = DetectorChoice.objects.values_list("project_id", "chosen")
    return {project_id: read_settings(chosen) for project_id, chosen in rows}


def chosen_of(project: Project) -> dict[str, Any]:
    """What a project has set, as it was written: only what differs from the defaults."""
    found = DetectorChoice.objects.filter(project=project).first()
    held = read_settings(found.chosen) if found else {}
    return {name: _written(setting) for name, setting in held.items()}


def _written(setting: Setting) -> dict[str, Any]:
    made: dict[str, Any] = {} if setting.is_on else {"enabled": False}
    return made | {name: _number(value) for name, value in setting.limits.items()}


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def check(written: object) -> list[Problem]:
    """What is wrong with choices, with the place of each mistake."""
    if not isinstance(written, dict):
        return [Problem("", "detectors are written as NAME: {threshold: number}")]
    found: list[Problem] = []
    for name, held in written.items():
        detector = detectors().get(name)
        if detector is None:
            found.append(Problem(str(name), f"no detector; there are {', '.join(detectors())}"))
        elif not isinstance(held, dict):
            found.append(Problem(name, "is written as {enabled: false} or {threshold: number}"))
        else:
            found += _check_one(detector, held)
    return found


def _check_one(detector: Detector, held: dict[str, Any]) -> list[Problem]:
    found: list[Problem] = []
    known = {one.name: one for one in detector.thresholds}
    for key, value in held.items():
        path = f"{detector.name}.{key}"
        if key == "enabled":
            if not isinstance(value, bool):
                found.append(Problem(path, "is true or false"))
            continue
        one = known.get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if one is None:
            words = f"no threshold; there are enabled, {', '.join(known)}"
            found.append(Problem(path, words))
        elif not is_number or not one.least <= value <= one.most:
            found.append(Problem(path, f"is a number from {one.least:g} to {one.most:g}"))
    return found


def save(project: Project, written: Chosen, *, is_from_file: bool = False) -> list[str]:
    """Store checked choices; the names of the detectors that are set otherwise now."""
    before = chosen_of(project)
    chosen = {name: _written(one) for name, one in read_settings(dict(written)).items()}
    chosen = {name: _different(name, held) for name, held in chosen.items()}
    chosen = {name: held for name, held in chosen.items() if held}
    DetectorChoice.objects.update_or_create(
        project=project, defaults={"chosen": chosen, "is_from_file": is_from_file}
    )
    return [name for name in detectors() if before.get(name, {}) != chosen.get(name, {})]


def _different(name: str, held: dict[str, Any]) -> dict[str, Any]:
    defaults = {one.name: one.default for one in detectors()[name].thresholds}
    return {key: value for key, value in held.items() if value != defaults.get(key)}
