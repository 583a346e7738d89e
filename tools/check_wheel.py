"""Install a wheel into a bare environment, start it, and request the first page and every asset.

Usage: check_wheel.py WHEEL. Exits with a message if anything is missing.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections import Counter
from pathlib import Path

_LINK = re.compile(r"""(?:href|src)="(/[^"]+\.(?:css|js|svg|png|ico|woff2|webmanifest)[^"]*)\"""")
_IMPORT = re.compile(r"""(?:from|import)\s*["']([^"']+\.js)["']|url\(["']?([^)"']+)["']?\)""")
_START_SECONDS = 60
_LARGEST = 8


def main(wheel: Path) -> int:
    """Check one wheel."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        venv.create(home / "env", with_pip=True)
        python = home / "env" / "bin" / "python"
        lock = Path(__file__).parent.parent / "requirements.lock"
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
        subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
        # Python 3.11 puts it beside pip; nothing of ours may need it.
        subprocess.run([*pip[:3], "uninstall", "--quiet", "--yes", "setuptools"], check=True)
        _say_size(home / "env")
        return _serve(python.parent / "vedette", home)


def _say_size(environment: Path) -> None:
    """All that is installed but pip, and what takes most of it."""
    sizes: Counter[str] = Counter()
    for path in environment.rglob("*"):
        parts = path.relative_to(environment).parts
        inside = parts[parts.index("site-packages") + 1 :] if "site-packages" in parts else parts
        if path.is_file() and inside[0] != "pip":
            sizes[inside[0]] += path.lstat().st_size
    print(f"installed size without pip: {sizes.total() / 1e6:.0f} MB, of it")
    for name, size in sizes.most_common(_LARGEST):
        print(f"  {size / 1e6:6.1f} MB {name}")


def _serve(command: Path, home: Path) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {"PATH": str(command.parent), "HOME": str(home), "LANG": "C.UTF-8"}
    started = time.monotonic()
    process = subprocess.Popen(
        [str(command), "serve", "--data", str(home / "data"), "--listen", f"127.0.0.1:{port}"],
        env=environment,
        cwd=home,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        while True:
            try:
                page = _get(base + "/")
                break
            except OSError:
                if time.monotonic() - started > _START_SECONDS or process.poll() is not None:
                    print("the server did not answer", file=sys.stderr)
                    return 1
                time.sleep(0.05)
        print(f"first page after {time.monotonic() - started:.1f} s")
        seen = _assets(base, page)
        print(f"{len(seen)} assets answered")
        return 0 if seen else 1
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def _assets(base: str, page: str) -> set[str]:
    """Request everything the page names and everything those files name."""
    seen: set[str] = set()
    waiting = _LINK.findall(page)
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("data:"):
            continue
        seen.add(path)
        text = _get(base + path)
        if ".css" in path or ".js" in path:
            for pair in _IMPORT.findall(text):
                name = pair[0] or pair[1]
                if name.startswith(("./", "../", "/")):
                    joined = os.path.normpath(os.path.join(os.path.dirname(path), name))
                    waiting.append(joined)
    return seen


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode("utf-8", "replace"))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
