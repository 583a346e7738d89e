"""Unmodified sentry-cli, both majors, uploads the debug files of real programs."""

from __future__ import annotations

import json
import lzma
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.artifacts.debugging import MAPPING
from tests.flow.product import Product
from tests.flow.test_javascript_sdks import needs_node
from tests.flow.test_sentry_cli_releases import BINARIES
from vedette.wire.envelope import build_envelope

Cli = Callable[..., str]
pytestmark = [needs_node, pytest.mark.sdk]
PORTABLE = lzma.decompress(
    (Path(__file__).parents[1] / "samples" / "native" / "ClrLoader.pdb.xz").read_bytes()
)
needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler")

SOURCE = """\
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <execinfo.h>
#include <cstdio>
namespace shop {
struct Till { int pay(int total); };
static inline __attribute__((always_inline)) int split(int total) {
  void *held[16];
  int count = backtrace(held, 16);
  Dl_info about;
  dladdr(held[0], &about);
  printf("%lu", (unsigned long)about.dli_fbase);
  for (int at = 0; at < count; at++) printf(" %lu", (unsigned long)held[at]);
  return total;
}
int __attribute__((noinline)) Till::pay(int total) { return split(total) + 1; }
}
int main(int count, char **) { return shop::Till().pay(count) - count - 1; }
"""


@pytest.fixture(params=BINARIES)
def cli(
    request: pytest.FixtureRequest, product: Product, project: dict[str, str], tmp_path: Path
) -> Cli:
    """Run a command with nothing but a token and a project."""
    binary = BINARIES[request.param]
    if not binary.is_file():
        pytest.skip(f"{request.param} is not installed")

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
    (folder / "till.cpp").write_text(SOURCE)
    command = ["g++", "-g", "-O1", "-Wl,--build-id", "-o", "build/till", "till.cpp", "-ldl"]
    (folder / "build").mkdir()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _event(folder: Path) -> dict[str, Any]:
    """The stack that the program has when it is run."""
    out = subprocess.run([folder / "build/till"], capture_output=True, text=True, check=True).stdout
    base, *addresses = (int(one) for one in out.split())
    notes = subprocess.run(
        ["readelf", "-n", folder / "build/till"], capture_output=True, text=True, check=True
    ).stdout
    code_id = notes.partition("Build ID: ")[2].split()[0]
    image = {
        "type": "elf",
        "code_file": str(folder / "build/till"),
        "code_id": code_id,
        "image_addr": hex(base),
        "image_size": 0x10000,
    }
    frames = [{"instruction_addr": hex(one)} for one in reversed(addresses)]
    frames[-1]["adjust_instruction_addr"] = True  # type: ignore[assignment]
    return {
        "event_id": uuid.uuid4().hex,
        "platform": "native",
        "exception": {"values": [{"type": "Panic", "stacktrace": {"frames": frames}}]},
        "debug_meta": {"images": [image]},
    }


def _frames(product: Product, project: dict[str, str], event: dict[str, Any]) -> Any:
    """The frames that the API shows of an event that is sent now."""
    item = ({"type": "event"}, json.dumps(event).encode())
    product.send(project, build_envelope({"event_id": event["event_id"]}, [item]))
    issue = product.wait_for_issue(project)
    found = product.wait(lambda: product.latest(project, issue))
    assert found["eventID"] == event["event_id"]
    entry = next(one for one in found["entries"] if one["type"] == "exception")
    return entry["data"]["values"][0]["stacktrace"]["frames"]


@needs_compiler
def test_a_real_program_is_named_down_to_its_lines(
    product: Product, project: dict[str, str], cli: Cli, tmp_path: Path
) -> None:
    """Functions, lines, inlined calls and source text, by the build id alone."""
    _build(tmp_path)
    for _ in range(2):
        cli("debug-files", "upload", "--include-sources", "--wait", "build")
    frames = _frames(product, project, _event(tmp_path))
    named = [(one["function"].partition("(")[0], one["lineNo"]) for one in frames if one["lineNo"]]
    assert named[-3:] == [("main", 18), ("shop::Till::pay", 16), ("split", 9)]
    assert dict(frames[-1]["context"])[9].strip() == "int count = backtrace(held, 16);"


def test_a_proguard_mapping_is_taken(
    product: Product, project: dict[str, str], cli: Cli, tmp_path: Path
) -> None:
    """`upload-proguard`, by the UUID that the client makes of the file."""
    (tmp_path / "mapping.txt").write_bytes(MAPPING)
    said = cli("upload-proguard", "mapping.txt")
    words = said.replace("(", " ").replace(")", " ").split()
    debug_id = next(one for one in words if len(one) == 36 and one.count("-") == 4)
    frame = {"module": "a.b", "function": "a", "lineno": 2}
    event = {
        "event_id": uuid.uuid4().hex,
        "platform": "java",
        "exception": {"values": [{"type": "c", "module": "a", "stacktrace": {"frames": [frame]}}]},
        "debug_meta": {"images": [{"type": "proguard", "uuid": debug_id}]},
    }
    (found,) = _frames(product, project, event)
    assert (found["module"], found["function"], found["lineNo"]) == ("com.example.Till", "pay", 31)


def test_a_portable_pdb_gives_a_dotnet_method_its_lines(
    product: Product, project: dict[str, str], cli: Cli, tmp_path: Path
) -> None:
    """By the fields that Sentry's SDK for .NET sends: the method's token and its offset."""
    (tmp_path / "ClrLoader.pdb").write_bytes(PORTABLE)
    cli("debug-files", "upload", "--wait", "ClrLoader.pdb")
    frame = {
        "function": "void ClrLoader.Initialize()",
        "module": "ClrLoader.ClrLoader",
        "package": "ClrLoader, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null",
        "in_app": True,
        "instruction_addr": "0x7",
        "addr_mode": "rel:1",
        "function_id": "0x6000002",
    }
    image = {
        "type": "pe_dotnet",
        "debug_id": "95f8f6b2-afbc-45e4-884c-b4a5bf5addd2-fc31f2b1",
        "debug_file": "/builds/obj/ClrLoader.pdb",
        "code_id": "B069E598a000",
        "code_file": "/app/ClrLoader.dll",
    }
    system = {
        "type": "pe_dotnet",
        "debug_id": "8ae1d431-5a23-4a49-8e0e-a8a2167f6a27-ebfb3829",
        "code_file": "/usr/share/dotnet/shared/App/8.0.1/System.Private.CoreLib.dll",
    }
    value = {"type": "System.InvalidOperationException", "value": "twice"}
    below = {**frame, "function": "void System.Run()", "addr_mode": "rel:0", "in_app": False}
    event = {
        "event_id": uuid.uuid4().hex,
        "platform": "csharp",
        "exception": {"values": [{**value, "stacktrace": {"frames": [below, frame]}}]},
        "debug_meta": {"images": [system, image]},
    }
    other, found = _frames(product, project, event)
    assert found["function"] == "void ClrLoader.Initialize()"
    assert (found["filename"], found["lineNo"], found["colNo"]) == ("ClrLoader.cs", 36, 17)
    assert (other["function"], other["lineNo"]) == ("void System.Run()", None)
