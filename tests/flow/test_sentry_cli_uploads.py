"""Unmodified sentry-cli, both majors, uploads builds, and their frames are read."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.flow.product import Product
from tests.flow.test_javascript_sdks import MODULES, needs_node
from tests.flow.test_sentry_cli_releases import BINARIES
from vedette.wire.envelope import build_envelope

Cli = Callable[..., str]
pytestmark = [needs_node, pytest.mark.sdk]

SOURCE = """export function pay(total: number): number {
  if (total > 6) {
    throw new RangeError(`no ${total}`);
  }
  return total;
}
"""
ENTRY = """import { pay } from "./till";
try {
  [7].forEach((total) => pay(total));
} catch (error) {
  console.log(JSON.stringify({ stack: error.stack, ids: globalThis._sentryDebugIds || {} }));
}
"""


@pytest.fixture(params=BINARIES)
def cli(
    request: pytest.FixtureRequest, product: Product, project: dict[str, str], tmp_path: Path
) -> Cli:
    """Run a command in the folder of a build, with nothing but a token and a project."""
    binary = BINARIES[request.param]
    if not binary.is_file():
        pytest.skip(f"{request.param} is not installed")
    _build(tmp_path)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [binary, *arguments],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "SENTRY_AUTH_TOKEN": product.token(),
                "SENTRY_PROJECT": project["project"],
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def _build(folder: Path) -> None:
    """A small build, as a bundler makes one, in `dist`."""
    (folder / "src").mkdir()
    (folder / "src/till.ts").write_text(SOURCE)
    (folder / "src/app.ts").write_text(ENTRY)
    command = [MODULES / ".bin/esbuild", "src/app.ts", "--bundle", "--minify", "--sourcemap"]
    subprocess.run([*command, "--outfile=dist/app.js"], cwd=folder, check=True, capture_output=True)


def _thrown(folder: Path) -> dict[str, Any]:
    """What the build throws in Node, as an event of a browser that ran it from a server."""
    script = folder / "dist/app.js"
    out = subprocess.run(["node", script], capture_output=True, text=True, check=True).stdout
    told = json.loads(out)
    frames = [
        {
            "function": line.split(" (")[0].strip().removeprefix("at ").strip(),
            "abs_path": "https://shop.example/app.js",
            "filename": "https://shop.example/app.js",
            "lineno": int(line.rstrip(")").split(":")[-2]),
            "colno": int(line.rstrip(")").split(":")[-1]),
            "in_app": True,
        }
        for line in told["stack"].splitlines()[1:]
        if str(script) in line
    ]
    frames.reverse()
    value = {"type": "RangeError", "value": "no 7", "stacktrace": {"frames": frames}}
    images = [
        {"type": "sourcemap", "code_file": "https://shop.example/app.js", "debug_id": one}
        for one in told["ids"].values()
    ]
    return {
        "event_id": uuid.uuid4().hex,
        "platform": "javascript",
        "exception": {"values": [value]},
        "debug_meta": {"images": images},
    }


def _crash_frame(product: Product, project: dict[str, str], event: dict[str, Any]) -> Any:
    """The crash frame that the API shows of an event that is sent now."""
    item = ({"type": "event"}, json.dumps(event).encode())
    product.send(project, build_envelope({"event_id": event["event_id"]}, [item]))
    return _shown_frame(product, project)


def _shown_frame(product: Product, project: dict[str, str]) -> Any:
    """The crash frame that the API shows of the only issue's newest event."""
    found = product.latest(project, product.wait_for_issue(project))
    entry = next(one for one in found["entries"] if one["type"] == "exception")
    return entry["data"]["values"][0]["stacktrace"]["frames"][-1]


def _assert_readable(frame: dict[str, Any]) -> None:
    assert (frame["function"], frame["filename"], frame["lineNo"]) == ("pay", "src/till.ts", 3)
    assert dict(frame["context"])[3] == "    throw new RangeError(`no ${total}`);"


@pytest.mark.parametrize("release", [[], ["--release", "shop@1.0"]], ids=["", "with a release"])
def test_injected_and_uploaded_maps_are_applied(
    product: Product, project: dict[str, str], cli: Cli, tmp_path: Path, release: list[str]
) -> None:
    """By debug id, with a release and without; `--wait` returns at once, a second run too."""
    cli("sourcemaps", "inject", "dist")
    for _ in range(2):
        cli("sourcemaps", "upload", *release, "--wait", "dist")
    event = _thrown(tmp_path)
    assert event["debug_meta"]["images"]
    _assert_readable(_crash_frame(product, project, event))


def test_maps_of_a_release_are_applied_without_debug_ids(
    product: Product, project: dict[str, str], cli: Cli, tmp_path: Path
) -> None:
    """By release, build and address, as before there were debug ids."""
    where = ["--release", "shop@2.0", "--dist", "7", "--url-prefix", "~/"]
    cli("sourcemaps", "upload", *where, "--wait", "dist")
    event = {**_thrown(tmp_path), "release": "shop@2.0", "dist": "7"}
    assert event["debug_meta"]["images"] == []
    _assert_readable(_crash_frame(product, project, event))


SERVER = """import * as Sentry from "@sentry/node";
Sentry.init({ dsn: process.argv[2] });
import { pay } from "./till";
try {
  pay(7);
} catch (error) {
  Sentry.captureException(error);
}
Sentry.flush(5000);
"""


def test_a_minified_server_is_read_too(
    product: Product, project: dict[str, str], cli: Cli, tmp_path: Path
) -> None:
    """@sentry/node itself tells the debug ids, and sends minified lines that are replaced."""
    (tmp_path / "src/server.ts").write_text(SERVER)
    command = [MODULES / ".bin/esbuild", "src/server.ts", "--bundle", "--minify", "--sourcemap"]
    more = ["--platform=node", "--packages=external", "--outfile=dist/server.js"]
    subprocess.run([*command, *more], cwd=tmp_path, check=True, capture_output=True)
    cli("sourcemaps", "inject", "dist")
    cli("sourcemaps", "upload", "--wait", "dist")
    subprocess.run(
        ["node", "dist/server.js", project["dsn"]],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "NODE_PATH": str(MODULES)},
        check=True,
    )
    _assert_readable(_shown_frame(product, project))


def test_files_of_a_release_one_by_one(
    product: Product,
    project: dict[str, str],
    cli: Cli,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """What only the older major can still do; the files are listed and applied."""
    if "sentry-cli 2" not in request.node.name:
        pytest.skip("this sentry-cli has no such command any more")
    version = f"{project['project']}@3.0"
    cli("releases", "new", version)
    for name in ("app.js", "app.js.map"):
        cli("releases", "files", version, "upload", f"dist/{name}", f"~/{name}")
    files = f"projects/{project['organization']}/{project['project']}/releases/{version}/files/"
    assert {one["name"] for one in product.api(files)} == {"~/app.js", "~/app.js.map"}
    _assert_readable(_crash_frame(product, project, {**_thrown(tmp_path), "release": version}))


def test_mappings_of_proguard_are_taken(cli: Cli, tmp_path: Path) -> None:
    """The client names their id; a second upload finds them there."""
    mapping = "com.example.Till -> a.b:\n    1:3:void pay() -> a\n"
    (tmp_path / "mapping.txt").write_text(mapping)
    for _ in range(2):
        assert "rror" not in cli("upload-proguard", "mapping.txt")


def test_debug_files_are_taken(project: dict[str, str], cli: Cli, tmp_path: Path) -> None:
    """An executable with symbols, if there is a compiler to make one; the CLI is content."""
    (tmp_path / "till.c").write_text("int main(void) { return 7; }\n")
    try:
        subprocess.run(["cc", "-g", "-o", "till", "till.c"], cwd=tmp_path, check=True)
    except FileNotFoundError:
        pytest.skip("there is no C compiler")
    for _ in range(2):
        out = cli("debug-files", "upload", "--wait", "--include-sources", "till")
    assert "error" not in out.lower()
