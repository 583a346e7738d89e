"""Which debug file belongs to an image: by its debug id, else by its code id.

Asked by the pipeline through the owner. Of several that fit, the one with the most to say is
taken, of equal ones the newest.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from vedette import clock
from vedette.artifacts.models import DebugFile
from vedette.symbols.lookup import FoundSymbols, SymbolQuestion, WantedSymbols

_EXACT = timedelta(days=1)
_MOST_IDS = 500  # in one statement
_COLUMNS = (
    *("pk", "debug_id", "code_id", "name", "symbol_type"),
    *("features", "fault", "symbols", "frame_info"),
)


def find_symbols(question: SymbolQuestion) -> list[FoundSymbols]:
    """What there is for each image of the question, in order."""
    files: dict[str, list[DebugFile]] = {}
    for start in range(0, len(question.images), _MOST_IDS):
        images = question.images[start : start + _MOST_IDS]
        for file in _files(question.project_id, images):
            for key in {f"debug:{file.debug_id}", f"code:{file.code_id}"}:
                files.setdefault(key, []).append(file)
    held = [_of_image(image, files) for image in question.images]
    _touch({file.pk for found in held for file in found})
    return [_found(found) for found in held]


def _touch(pks: set[int]) -> None:
    """Note that these files are of use: who asks does so at least once a day."""
    now = clock.now()
    old = Q(used_at=None) | Q(used_at__lt=now - _EXACT)
    for start in range(0, len(pks), _MOST_IDS):
        some = sorted(pks)[start : start + _MOST_IDS]
        if DebugFile.objects.filter(old, pk__in=some).exists():
            DebugFile.objects.filter(old, pk__in=some).update(used_at=now)


def _files(project_id: int, images: Iterable[WantedSymbols]) -> Iterable[DebugFile]:
    debug_ids = {image.debug_id for image in images if image.debug_id}
    code_ids = {image.code_id for image in images if image.code_id}
    wanted = Q(debug_id__in=debug_ids) | Q(code_id__in=code_ids)
    return DebugFile.objects.filter(wanted, project_id=project_id).only(*_COLUMNS, "blob")


def _of_image(image: WantedSymbols, files: dict[str, list[DebugFile]]) -> list[DebugFile]:
    """The files of the image, the best first."""
    by_debug_id = files.get(f"debug:{image.debug_id}", []) if image.debug_id else []
    found = by_debug_id or (files.get(f"code:{image.code_id}", []) if image.code_id else [])
    return sorted(found, key=_worth, reverse=True)


def _worth(file: DebugFile) -> tuple[bool, bool, int]:
    return bool(file.symbols), "debug" in file.features, file.pk


def _found(files: list[DebugFile]) -> FoundSymbols:
    """One answer of all the files of an image."""
    programs = [one for one in files if one.symbol_type not in ("sourcebundle", "proguard")]
    mapping = next((one for one in files if one.symbol_type == "proguard"), None)
    bundle = next((one for one in files if one.symbol_type == "sourcebundle"), None)
    best = mapping or (programs[0] if programs else None)
    return FoundSymbols(
        file_id=best.pk if best else 0,
        symbols=programs[0].symbols if programs else "",
        mapping=mapping.blob if mapping else "",
        sources=bundle.blob if bundle else "",
        fault=best.fault if best else "",
        name=best.name[:200] if best else "",
        frame_info=next((one.frame_info for one in programs if one.frame_info), ""),
    )
