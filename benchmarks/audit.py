"""The auditor: megabytes of TypeScript on a core, an unchanged checkout, memory.

`python -m benchmarks.audit [FOLDER]` audits a real checkout, or one that it writes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import machine, say

_FILES = 2_000
_FUNCTION = """
export async function load{n}(id: string, options: {{ signal?: Signal }} = {{}}): Promise<Row> {{
  const rows = await pool.query(`select * from items where id = $1`, [id]);
  if (rows.length === 0) {{
    logger.info("nothing there", {{ id, attempt: {n} }});
    return [];
  }}
  try {{
    const response = await fetch(`${{BASE}}/items/${{id}}`, {{ signal: options.signal }});
    return rows.map((row) => ({{ ...row, name: row.name.trim() }}));
  }} catch (error) {{
    logger.error("items failed", error);
    throw new Error("items failed", {{ cause: error }});
  }}
}}
"""


def main() -> None:
    """Print the figures."""
    machine()
    with tempfile.TemporaryDirectory() as made:
        checkout = Path(sys.argv[1]) if len(sys.argv) > 1 else _written(Path(made) / "checkout")
        for name in ("without a cache", "unchanged"):
            cpu, size, files, highest = _audited(checkout, Path(made) / "cache")
            say(f"{name}: CPU of {files:.0f} files", cpu, "s", "<= 2 unchanged")
            say(f"{name}: on one core", size / cpu / 1e6, "MB/s", ">= 0.75 without")
            say(f"{name}: highest memory", highest, "MB", "<= 300")


def _written(folder: Path) -> Path:
    for number in range(_FILES):
        path = folder / "src" / f"part{number % 40}" / f"items{number}.ts"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f'import {{ logger }} from "../logger";\nconst BASE = "/api/{number}";\n'
        body = "".join(_FUNCTION.format(n=one) for one in range(10))
        path.write_text(head + body)
    return folder


def _audited(checkout: Path, cache: Path) -> tuple[float, float, float, float]:
    """One audit in a process of its own: CPU, bytes, files, memory."""
    arguments = [sys.executable, "-m", "benchmarks.audit", "--once", str(checkout), str(cache)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    cpu, size, files, highest = (float(one) for one in done.stdout.split())
    return cpu, size, files, highest


def once(checkout: str, cache: str) -> None:
    """Audit and print what it took."""
    from vedette.audit.auditing import Chosen, audit

    done = audit(checkout, Chosen(cache=Path(cache), processes=1))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    print(cpu, done.size_bytes, sum(done.files.values()), used.ru_maxrss / 1024)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        once(*sys.argv[2:4])
    else:
        main()
