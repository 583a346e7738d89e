"""What came of a native or obfuscated frame, and what a person can do about it."""

from __future__ import annotations

from enum import StrEnum


class SymbolVerdict(StrEnum):
    """A closed list; the values lie in stored events."""

    APPLIED = "applied"
    NO_LINE = "no_line"
    NO_FILE = "no_debug_file"
    SYSTEM = "system_image"
    NO_SYMBOL = "no_symbol"
    OUTSIDE = "outside_images"
    MALFORMED = "malformed"
    UNUSABLE = "unusable"
    NO_MAPPING = "no_mapping"
    NOT_MAPPED = "not_mapped"


# The frame has its function in the words of the source.
NAMED = frozenset({SymbolVerdict.APPLIED, SymbolVerdict.NO_LINE})
# An upload can mend it.
MENDABLE = frozenset({SymbolVerdict.NO_FILE, SymbolVerdict.NO_MAPPING})
# Nobody needs to do anything.
FINE = frozenset({SymbolVerdict.APPLIED, SymbolVerdict.SYSTEM, SymbolVerdict.NOT_MAPPED})

# In a few words, as a label.
SYMBOL_LABELS: dict[SymbolVerdict, str] = {
    SymbolVerdict.APPLIED: "debug file applied",
    SymbolVerdict.NO_LINE: "no line information",
    SymbolVerdict.NO_FILE: "no debug file uploaded",
    SymbolVerdict.SYSTEM: "library of the system",
    SymbolVerdict.NO_SYMBOL: "no function at this address",
    SymbolVerdict.OUTSIDE: "address outside every image",
    SymbolVerdict.MALFORMED: "debug file malformed",
    SymbolVerdict.UNUSABLE: "debug file without symbols",
    SymbolVerdict.NO_MAPPING: "no ProGuard mapping uploaded",
    SymbolVerdict.NOT_MAPPED: "not in the mapping",
}

# What it means, and what to do tonight.
SYMBOL_WORDS: dict[SymbolVerdict, str] = {
    SymbolVerdict.APPLIED: "The frame was read through the debug file of its image.",
    SymbolVerdict.NO_LINE: (
        "The function is known, but the debug file has no line for this address. It was built "
        "without debug information, or stripped before it was uploaded: build with `-g` (MSVC: "
        "`/Zi`) and upload the file from before `strip`, the .dSYM or the .pdb. A method of .NET "
        "without lines was made by the compiler."
    ),
    SymbolVerdict.NO_FILE: (
        "No debug file with the id of this image was uploaded. Upload the one of the very build "
        "that runs: `sentry-cli debug-files upload --include-sources PATH`. Building again makes "
        "another id; `sentry-cli debug-files check FILE` tells which one a file has."
    ),
    SymbolVerdict.SYSTEM: (
        "The frame is in a library of the operating system. If you want its functions named, "
        "upload its debug file as you do your own."
    ),
    SymbolVerdict.NO_SYMBOL: (
        "The debug file of the image knows no function at this address: it is generated code, "
        "data that was taken for code, or the file was stripped of its symbols."
    ),
    SymbolVerdict.OUTSIDE: (
        "The address lies in none of the images that the event lists: code made at run time, a "
        "library that was unloaded, or a stack that was overwritten."
    ),
    SymbolVerdict.MALFORMED: (
        "A debug file with this id was uploaded, but it cannot be read; the fault is below: "
        "build it again and upload it anew."
    ),
    SymbolVerdict.UNUSABLE: (
        "A file with this id was uploaded, but it holds neither symbols nor debug information. "
        "Upload the file from before `strip`, the .dSYM or the .pdb: `sentry-cli debug-files "
        "upload PATH`."
    ),
    SymbolVerdict.NO_MAPPING: (
        "The event names a ProGuard or R8 mapping that was not uploaded. Upload the one of this "
        "build: `sentry-cli upload-proguard mapping.txt`, with the UUID that the application "
        "carries, or let the Gradle plugin do it."
    ),
    SymbolVerdict.NOT_MAPPED: "The mapping does not change this class: it has its own name.",
}
