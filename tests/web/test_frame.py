"""The frame: theme, rail, shared filter, error pages, assets and vendored files."""

from __future__ import annotations

import gzip
import hashlib
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tests.web.world import World
from vedette.web import assets
from vedette.web.routing import pages

WEB = Path(assets.__file__).parent
VENDORED = tomllib.loads((WEB / "vendor" / "vendor.toml").read_text())
MOST_SCRIPT_BYTES = 60_000
MOST_PLAYER_BYTES = 30_000
MOST_REPLAYER_BYTES = 90_000
PLAYER = ("instruments/replay/", "vendor/rrweb/")
OF_LISTS = {f"{PLAYER[0]}{name}.js" for name in ("gallery", "frame/stills", "frame/flattening")}


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_theme_is_kept_in_a_cookie(theme: str, world: World, alice: Client) -> None:
    """Chosen by a form that needs no script; an invented one is the system's."""
    alice.post("/theme/", {"theme": theme, "next": "/issues/"})
    assert f'data-theme="{theme}"' in alice.get("/issues/").content.decode()
    alice.post("/theme/", {"theme": '"><script>'})
    assert 'data-theme="system"' in alice.get("/issues/").content.decode()


def test_the_rail_folds_and_unfolds(world: World, alice: Client) -> None:
    """And stays so."""
    alice.post("/rail/")
    assert 'data-rail="narrow"' in alice.get("/issues/").content.decode()
    alice.post("/rail/")
    assert 'data-rail="wide"' in alice.get("/issues/").content.decode()


def test_only_pages_that_exist_are_in_the_rail(world: World, alice: Client) -> None:
    """Every entry of the drawer, each with a key of its own."""
    entries = [page.navigation for page in pages() if page.navigation]
    keys = [entry.key for entry in entries]
    assert len(keys) == len(set(keys))
    body = alice.get("/issues/").content.decode()
    assert body.count("data-go=") == len(entries)


def test_an_absolute_range_is_read_from_the_address(world: World, alice: Client) -> None:
    """Nonsense is refused in words."""
    body = alice.get("/issues/?start=2026-01-01T00:00&end=2026-01-02T12:30").content.decode()
    assert "1 Jan 2026 00:00 to 2 Jan 2026 12:30 UTC" in body
    answer = alice.get("/issues/?start=x")
    assert answer.status_code == 400
    assert "Start is no time in ISO 8601" in answer.content.decode()


def test_error_pages_say_nothing_of_the_inside(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """404 and 500 in calm words, without a traceback."""
    missing = alice.get("/issues/999999/")
    assert missing.status_code == 404
    assert "Nothing here" in missing.content.decode()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("vedette.issues.reading.list_issues", fail)
    alice.raise_request_exception = False
    failed = alice.get("/issues/")
    assert failed.status_code == 500
    assert "secret" not in failed.content.decode()
    assert "RuntimeError" not in failed.content.decode()


def test_assets_are_kept_for_a_year_under_their_hash(nobody: Client) -> None:
    """Compressed where the browser can; an old address still answers, uncached."""
    address = assets.asset_url(assets.STYLES)
    answer = nobody.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert "immutable" in answer["Cache-Control"]
    assert b"@layer tokens" in gzip.decompress(answer.content)
    old = nobody.get(address.replace(assets.version(), "0" * 12))
    assert old["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["../settings.py", "assets.py", "layout/page.html", ".git"])
def test_only_assets_are_served(name: str, nobody: Client) -> None:
    """Nothing else of the package can be read."""
    assert nobody.get(f"/static/{assets.version()}/{name}").status_code == 404


@pytest.mark.parametrize("name", list(VENDORED))
def test_vendored_files_are_what_they_say(name: str) -> None:
    """The hash, the version and the licence of every third-party file."""
    held = VENDORED[name]
    assert hashlib.sha256((WEB / "vendor" / name).read_bytes()).hexdigest() == held["sha256"]
    assert held["licence"]
    assert held["version"]


def test_every_vendored_file_is_listed() -> None:
    """Nothing comes in unseen."""
    folder = WEB / "vendor"
    files = (path for path in folder.rglob("*") if path.suffix in (".js", ".svg", ".css"))
    found = {path.relative_to(folder).as_posix() for path in files}
    assert found == set(VENDORED)


def compressed(is_wanted: Callable[[str], bool]) -> int:
    """The bytes of the scripts whose paths are wanted."""
    held = assets.files().items()
    return sum(
        len(gzip.compress(body)) for name, body in held if name.endswith(".js") and is_wanted(name)
    )


def is_of_the_player(name: str) -> bool:
    """What comes with the page of a replay alone; small pictures of replays come with lists."""
    return name.startswith(PLAYER) and name not in OF_LISTS


def test_all_scripts_together_stay_small() -> None:
    """60 KB compressed, everything counted but the player of replays, which one page loads."""
    assert compressed(lambda name: not is_of_the_player(name)) <= MOST_SCRIPT_BYTES


def test_the_player_of_replays_stays_small() -> None:
    """It comes with the page of a replay, the replayer with its frame."""
    player, replayer = PLAYER
    assert (
        compressed(lambda name: name.startswith(player) and is_of_the_player(name))
        <= MOST_PLAYER_BYTES
    )
    assert compressed(lambda name: name.startswith(replayer)) <= MOST_REPLAYER_BYTES
