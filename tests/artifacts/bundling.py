"""Bundles as clients make them, and their way through the API."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

HERE = "/api/0/organizations/lantern"
CHUNKS = f"{HERE}/chunk-upload/"
ASSEMBLE = f"{HERE}/artifactbundle/assemble/"
JSON = "application/json"
DEBUG_ID = "4c4fcd0e-5a04-4a4f-8a5c-1b1b1b1b1b1b"
SOURCE = "export function pay(total: number) {\n  throw new RangeError(`no ${total}`);\n}\n"
CALLER = 'import { pay } from "./till";\n[7].forEach((total) => pay(total));\n'
# Made of them by `esbuild src/app.ts --bundle --minify --sourcemap --outfile=assets/app.js`.
SCRIPT = (
    "(()=>{function o(r){throw new RangeError(`no ${r}`)}[7].forEach(r=>o(r));})();\n"
    "//# sourceMappingURL=app.js.map\n"
)
MAP = {
    "version": 3,
    "sources": ["../src/till.ts", "../src/app.ts"],
    "sourcesContent": [SOURCE, CALLER],
    "mappings": (
        "MAAO,SAASA,EAAIC,EAAe,CACjC,MAAM,IAAI,WAAW,MAAMA,CAAK,EAAE,CACpC,"
        "CCDA,CAAC,CAAC,EAAE,QAASC,GAAUC,EAAID,CAAK,CAAC"
    ),
    "names": ["pay", "total", "total", "pay"],
}
FILES: dict[str, dict[str, Any]] = {
    "files/_/_/assets/app.js": {
        "content": SCRIPT,
        "type": "minified_source",
        "url": "~/assets/app.js",
        "headers": {"debug-id": DEBUG_ID, "sourcemap": "app.js.map"},
    },
    "files/_/_/assets/app.js.map": {
        "content": json.dumps(MAP),
        "type": "source_map",
        "url": "~/assets/app.js.map",
        "headers": {"debug-id": DEBUG_ID},
    },
}


def bundle(files: dict[str, dict[str, Any]] | None = None, **manifest: Any) -> bytes:
    """An artifact bundle; each file has its content beside what the manifest says of it.

    The same files are the same bytes, whatever time it is.
    """
    files = FILES if files is None else files
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, about in files.items():
            archive.writestr(zipfile.ZipInfo(name), about["content"])
        listed = {
            name: {key: value for key, value in about.items() if key != "content"}
            for name, about in files.items()
        }
        told = json.dumps({"files": listed, **manifest})
        archive.writestr(zipfile.ZipInfo("manifest.json"), told)
    return b"SYSB" + struct.pack("<I", 2) + held.getvalue()


def sha1(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()


def pieces(data: bytes, size: int = 1 << 23) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def send_chunk(client: Client, data: bytes, *, name: str = "", field: str = "file_gzip") -> Any:
    """Upload one chunk in a form."""
    body = gzip.compress(data) if field == "file_gzip" else data
    return client.post(CHUNKS, {field: SimpleUploadedFile(name or sha1(data), body)})


def assemble(client: Client, data: bytes, chunks: list[bytes], **body: Any) -> Any:
    """Ask that the chunks become a bundle of the shop."""
    wanted = {
        "checksum": sha1(data),
        "chunks": [sha1(chunk) for chunk in chunks],
        "projects": ["shop"],
        **body,
    }
    return client.post(ASSEMBLE, wanted, JSON).json()


def upload(client: Client, data: bytes, *, size: int = 1 << 23, **body: Any) -> Any:
    """The whole way of a bundle; returns the last answer."""
    chunks = pieces(data, size)
    state = assemble(client, data, chunks, **body)
    for chunk in chunks:
        if sha1(chunk) in state["missingChunks"]:
            assert send_chunk(client, chunk).status_code == 200
    return assemble(client, data, chunks, **body)
