"""What recordings and feedback show to whom, and that nothing of it is left when it goes."""

from __future__ import annotations

import json
import os
import signal
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.flow.product import Product
from tests.flow.visitor import PASSWORD, Visitor, sign_in_owner
from tests.web.clicked import PAGE, clicked_replay
from vedette.wire.envelope import build_envelope, new_event_id

MARK = b"Zanzibar-7781"  # in the picture of feedback alone
SCRIPT = b"<script>document.title = 'run'</script>" + MARK
FILES = {
    "page.html": ("text/html", b"<!doctype html>" + SCRIPT),
    "picture.svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg">%b</svg>' % SCRIPT),
    "screenshot.png": ("image/png", b"<html>" + SCRIPT),
    'a".xhtml\r\nX-Bad: 1': ("application/xhtml+xml", b"<?xml version='1.0'?>" + SCRIPT),
    "script.js": ("text/javascript", b"alert(1)//" + MARK),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """A replay of Eve's with clicks, and what she wrote meanwhile, with files."""

    project: dict[str, str]
    replay_id: str
    feedback_id: str

    @property
    def path(self) -> str:
        return f"projects/{self.project['organization']}/{self.project['project']}"

    @property
    def still(self) -> str:
        return f"/replays/{self.project['project']}/{self.replay_id}/still/"

    def clicks(self, product: Product) -> int:
        """How many the heat map draws."""
        asked = urlencode({"page": PAGE, "width": "desktop"})
        return int(product.api(f"{self.path}/replay-clicks/?{asked}")["clicks"])

    def words(self, product: Product) -> list[str]:
        """What was written."""
        return [one["comments"] for one in product.api(f"{self.path}/user-feedback/")]


def visit(product: Product, project: dict[str, str], email: str = "eve@example.com") -> Visit:
    """Send one, as soon as all of it is there."""
    made = Visit(project, new_event_id(), new_event_id())
    now = time.time()
    user = {"email": email}
    for number, events in clicked_replay((now - 60) * 1000):
        about: dict[str, Any] = {
            "type": "replay_event",
            "replay_id": made.replay_id,
            "segment_id": number,
            "timestamp": now - 45,
            "replay_start_timestamp": now - 60,
            "urls": ["https://shop.example/lamps"],
            "user": user,
        }
        recording = b'{"segment_id":%d}\n' % number + zlib.compress(json.dumps(events).encode())
        items = [
            ({"type": "replay_event"}, json.dumps(about).encode()),
            ({"type": "replay_recording"}, recording),
        ]
        assert product.send(project, build_envelope({"event_id": made.replay_id}, items))[0] == 200
    said = {"message": "The lamp is blue", "contact_email": email, "replay_id": made.replay_id}
    event = {"type": "feedback", "timestamp": now, "contexts": {"feedback": said}, "user": user}
    files = [
        ({"type": "attachment", "filename": name, "content_type": kind}, body)
        for name, (kind, body) in FILES.items()
    ]
    items = [({"type": "feedback"}, json.dumps(event).encode()), *files]
    assert product.send(project, build_envelope({"event_id": made.feedback_id}, items))[0] == 200
    product.wait(lambda: made.clicks(product) == 7 and made.words(product))
    return made


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of its own: what is looked for in its folder is nobody else's."""
    with Product(tmp_path_factory.mktemp("replays-end") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def alice(shop: Product) -> Visitor:
    """Who owns it."""
    return sign_in_owner(shop)


def files_of(alice: Visitor, made: Visit) -> list[str]:
    """The addresses of the files of a piece of feedback."""
    shown = alice.open(f"/feedback/{made.feedback_id}/").text
    pieces = shown.split(f'"/feedback/{made.feedback_id}/attachments/')[1:]
    names = list(dict.fromkeys(piece.partition('"')[0] for piece in pieces))
    return [f"/feedback/{made.feedback_id}/attachments/{name}" for name in names]


def test_files_of_feedback_act_in_no_browser(shop: Product, alice: Visitor) -> None:
    """Whatever they are and say that they are: a download, of no type, in a box of its own."""
    made = visit(shop, shop.spare_project())
    addresses = files_of(alice, made)
    assert len(addresses) == len(FILES)
    for address in addresses:
        file = alice.open(address)
        assert (file.status, MARK.decode() in file.text) == (200, True)
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["content-disposition"].startswith("attachment; filename=")
        assert "sandbox" in file.headers["content-security-policy"]
        assert file.headers["x-content-type-options"] == "nosniff"
        assert "x-bad" not in file.headers


def test_another_organisation_gets_nothing(shop: Product, alice: Visitor) -> None:
    """No heat map, no clicks, no picture, no words, no file; also by a token of its own."""
    made = visit(shop, shop.spare_project())
    files = files_of(alice, made)
    shop.command("project", "create", "elsewhere", "--organization", "others")
    link = shop.command("create-user", "mallory@others.example", "--organization", "others")
    path = "/" + next(word for word in link.split() if "/sign-in/link/" in word).split("/", 3)[3]
    mallory = Visitor(shop)
    mallory.open(path)
    form: dict[str, str | list[str]] = {"name": "Mallory", "password": PASSWORD}
    assert mallory.submit(path, {**form, "email": "mallory@others.example"}).status == 200
    assert mallory.open("/replays/").status == 200
    slug = made.project["project"]
    for asked in (
        *(made.still, f"{made.still}?began=0&t=1", f"/feedback/{made.feedback_id}/", *files),
        *(f"/replays/heat/?project={slug}", f"/replays/{slug}/{made.replay_id}/"),
    ):
        assert alice.open(asked).status in (200, 304), asked
        assert mallory.open(asked).status == 404, asked
    heat = mallory.open(f"/replays/heat/?{urlencode({'page': f'{slug} {PAGE}'})}")
    assert heat.status == 200
    assert "button#pay" not in heat.text
    token = json.loads(shop.command("token", "create", "--organization", "others", "--json"))
    bearer = {"Authorization": f"Bearer {token['token']}"}
    for resource in ("replay-clicks/", "user-feedback/", f"replays/{made.replay_id}/"):
        asked = f"/api/0/{made.path}/{resource}"
        assert Visitor(shop).open(asked, headers=bearer).status in (403, 404), asked


def test_a_person_who_is_forgotten_is_on_no_heat_map(shop: Product, alice: Visitor) -> None:
    """Nor in a small picture, nor what was written with its files; others stay."""
    project = shop.spare_project()
    gone = visit(shop, project, "gone@example.com")
    files = files_of(alice, gone)
    shop.command("forget", "--email", "gone@example.com", "--yes")
    shop.wait(lambda: gone.clicks(shop) == 0 and not gone.words(shop), seconds=30)
    for address in (gone.still, f"{gone.still}?began=0", f"/feedback/{gone.feedback_id}/", *files):
        assert alice.open(address).status == 404, address
    stays = visit(shop, project)
    assert alice.open(stays.still).status == 200


def test_a_project_goes_with_its_recordings_and_files(tmp_path: Path) -> None:
    """Also where that is killed half way; a backup from before brings all of it back."""
    repository = str(tmp_path / "repository")
    with Product(tmp_path / "data") as product:
        owner = sign_in_owner(product)
        made = visit(product, product.project("lamps"))
        files = files_of(owner, made)
        product.command("backup", "--to", repository)
        removing = ["project", "remove", "lamps", "--yes"]
        os.kill(product.child("worker"), signal.SIGKILL)
        product.command(*removing)
        os.kill(product.child("worker"), signal.SIGKILL)
        asked = (made.still, f"/feedback/{made.feedback_id}/", *files)
        product.wait(lambda: all(owner.open(one).status == 404 for one in asked), seconds=30)
        product.wait(lambda: owner.open("/replays/heat/").status == 200, seconds=30)
        assert "button#pay" not in owner.open("/replays/heat/").text
        assert "The lamp is blue" not in owner.open("/feedback/").text
    with Product(tmp_path / "restored") as product:
        product.stop()
        product.command("restore", "--from", repository, "--replace")
        product.start()
        owner = Visitor(product)
        assert owner.sign_in("alice@example.com").status == 200
        assert made.clicks(product) == 7
        assert made.words(product) == ["The lamp is blue"]
        assert "button#pay" in owner.open("/replays/heat/").text
        assert '"Lamps"' in owner.open(made.still).text
        assert all(MARK.decode() in owner.open(one).text for one in files)
