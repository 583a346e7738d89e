"""Looks at the product's processes from outside: who lives, and how much memory was taken."""

from __future__ import annotations

from pathlib import Path

from tests.flow.product import Product

MIB = 1 << 20


class Watch:
    """From `begin` on: the children's identity and the highest memory each has held."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self.pids: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def begin(self) -> None:
        """Note who runs and forget the former heights."""
        self.pids = {role: self._product.child(role) for role in ("door", "worker")}
        for role, pid in self.pids.items():
            Path(f"/proc/{pid}/clear_refs").write_text("5")
            self._before[role] = self._read(role, "VmRSS")

    def growth_bytes(self, role: str) -> int:
        """How far the process was above its memory at `begin`, at the highest."""
        return self._read(role, "VmHWM") - self._before[role]

    def check_alive(self) -> None:
        """Nobody was restarted."""
        now = {role: self._product.child(role) for role in self.pids}
        assert now == self.pids, "a process was restarted"

    def _read(self, role: str, name: str) -> int:
        for line in Path(f"/proc/{self.pids[role]}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"{name} is not in /proc")
