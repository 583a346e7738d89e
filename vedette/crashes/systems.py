"""The operating system and the processor that a dump is of."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.crashes.bytes import Held

_ARCHITECTURES = {0: "x86", 5: "arm", 9: "x86_64", 12: "arm64", 0x8003: "arm64"}
_SYSTEMS = {
    1: "Windows",
    2: "Windows",
    0x8101: "macOS",
    0x8102: "iOS",
    0x8201: "Linux",
    0x8202: "Solaris",
    0x8203: "Android",
    0x8205: "NaCl",
    0x8206: "Fuchsia",
}
_IMAGE_TYPES = {"Windows": "pe", "macOS": "macho", "iOS": "macho"}


@dataclass(frozen=True, slots=True)
class System:
    """Names as SDKs write them; empty where the dump does not say."""

    name: str = ""
    version: str = ""
    build: str = ""
    arch: str = ""

    @property
    def word_bytes(self) -> int:
        """How wide an address is."""
        return 4 if self.arch in ("x86", "arm") else 8

    @property
    def image_type(self) -> str:
        """What its loaded files are."""
        return _IMAGE_TYPES.get(self.name, "elf")


def read_system(held: Held, stream: tuple[int, int] | None) -> System:
    """What the dump's stream of that name says."""
    found = held.unpack("HHHBBIIIII", stream[0]) if stream is not None else None
    if found is None:
        return System()
    arch, _, _, _, _, major, minor, build, platform, text_at = found
    name = _SYSTEMS.get(platform, "")
    text = held.text(text_at, 200) if text_at else ""
    if name in ("Linux", "Android"):
        return System(name, text.removeprefix("Linux ").partition(" ")[0], text, _arch(arch))
    parts = (major, minor, build) if name == "Windows" or build else (major, minor)
    return System(name, ".".join(str(part) for part in parts), text, _arch(arch))


def _arch(number: int) -> str:
    return _ARCHITECTURES.get(number, "")
