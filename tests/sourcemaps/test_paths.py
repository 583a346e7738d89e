"""Sources are called as their authors know them, and packages are told from the application."""

from __future__ import annotations

import pytest

from vedette.sourcemaps.addresses import candidates, inline_map, reference_of, resolve
from vedette.sourcemaps.paths import name_source

MAP = "https://shop.example/assets/app.js.map"
OWN = [
    ("../../src/App.tsx", "src/App.tsx"),
    ("./src/App.tsx", "src/App.tsx"),
    ("src/App.tsx", "src/App.tsx"),
    ("webpack://shop/./src/App.tsx?a1b2", "src/App.tsx"),
    ("webpack:///./src/App.tsx", "src/App.tsx"),
    ("webpack://@acme/shop/./src/App.tsx", "src/App.tsx"),
    ("shop/./src/App.tsx", "src/App.tsx"),
    ("webpack://_N_E/./src/app/page.tsx", "src/app/page.tsx"),
    ("webpack://_N_E/src/app/page.tsx", "src/app/page.tsx"),
    ("webpack-internal:///(rsc)/./src/app/page.tsx", "src/app/page.tsx"),
    ("turbopack:///[project]/src/app/page.tsx", "src/app/page.tsx"),
    ("app:///src/App.tsx", "src/App.tsx"),
    ("https://shop.example/src/App.tsx", "src/App.tsx"),
    ("C:\\shop\\src\\App.tsx", "C:/shop/src/App.tsx"),
    ("/Users/ann/shop/src/App.tsx", "/Users/ann/shop/src/App.tsx"),
]
FOREIGN = [
    "../node_modules/react-dom/index.js",
    "webpack://shop/./node_modules/react-dom/index.js",
    "webpack://shop/webpack/bootstrap",
    "webpack:///webpack/bootstrap a1b2",
    'webpack://shop/external "fs"',
    "webpack:///~/react/index.js",
    "turbopack:///[project]/node_modules/react/index.js",
    "turbopack:///[turbopack]/browser/runtime/base.ts",
    "node:internal/process/task_queues",
]


@pytest.mark.parametrize(("source", "filename"), OWN)
def test_an_own_source_is_called_by_its_path(source: str, filename: str) -> None:
    """Without what bundlers put before it."""
    name = name_source(source, MAP)
    assert (name.filename, name.in_app) == (filename, True)
    assert name.abs_path


@pytest.mark.parametrize("source", FOREIGN)
def test_packages_and_the_bundler_are_not_the_application(source: str) -> None:
    """Folded on the page, and less in the grouping."""
    assert name_source(source, MAP).in_app is False


@pytest.mark.parametrize(
    ("reference", "url", "address"),
    [
        ("app.js.map", "~/static/app.js", "~/static/app.js.map"),
        ("../maps/app.js.map", "~/static/app.js", "~/maps/app.js.map"),
        ("../../../app.js.map", "~/static/app.js", "~/app.js.map"),
        ("/maps/a.map", "https://shop.example/static/app.js", "https://shop.example/maps/a.map"),
        ("https://cdn.example/a.map", "~/app.js", "https://cdn.example/a.map"),
        ("a.map", "app:///main.js", "app:///a.map"),
        ("a.map", "main.js", "a.map"),
    ],
)
def test_a_reference_is_relative_to_its_script(reference: str, url: str, address: str) -> None:
    """In the form of the script's own address."""
    assert resolve(reference, url) == address


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/static/app.js",
        "https://cdn.example:8443/static/app.js?v=3#top",
        "app:///static/app.js",
        "file:///static/app.js",
        "/static/app.js",
        "~/static/app.js",
    ],
)
def test_any_host_is_meant_by_a_tilde(url: str) -> None:
    """The exact address comes first."""
    found = candidates(url)
    assert found[0] == url.partition("#")[0]
    assert "~/static/app.js" in found


def test_what_next_runs_at_the_server_is_filed_from_its_build_on() -> None:
    """The SDK of its edge runtime sends no debug ids, and the plugin files without the folder."""
    assert candidates("app:///_next/server/edge/chunks/a.js")[-1] == "~/edge/chunks/a.js"
    assert "~/static/a.js" not in candidates("app:///_next/static/a.js")


def test_the_last_comment_names_the_map() -> None:
    """In both notations; a header wins; a data: address holds the map itself."""
    script = b"//# sourceMappingURL=old.map\nf()\n/*# sourceMappingURL=new.map */\n"
    assert reference_of({}, script) == "new.map"
    assert reference_of({"SourceMap": "header.map"}, script) == "header.map"
    assert reference_of({}, b"f()") == ""
    inner = b"f()\n//@ sourceMappingURL=data:application/json,%7B%22version%22%3A3%7D" + b" " * 9000
    assert inline_map(reference_of({}, inner)) == b'{"version":3}'
    assert inline_map("data:application/json;base64,e30") == b"{}"
    assert inline_map("data:nothing") is None
    assert inline_map("app.js.map") is None
