"""A backup beside the running product is all of one moment, and can be put back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.backups.s3 import KEY_ID, S3, SECRET
from tests.flow.backing_up import (
    Senders,
    backlog_of,
    begin_backup,
    envelope,
    errors_of,
    half_written,
)
from tests.flow.postgres import Postgres
from tests.flow.product import Product
from vedette.wire.envelope import build_envelope

_CHOOSE = """
import sys
from vedette import config, django_setup
django_setup.setup(config.load())
from vedette.control.choosing import choose
from vedette.control.places import Place
from vedette.options import groups
choose(Place(), groups()["backups"], {"place": sys.argv[1]}, who="alice", via="form")
"""


def test_a_backup_under_load_has_what_was_accepted_before_it_once(tmp_path: Path) -> None:
    """Restored, it counts at least what had been answered when it began and nothing from after its
    end; and when everything is sent again, each event is there once."""
    repository = str(tmp_path / "repository")
    with Product(tmp_path / "data", digesters="2") as product:
        project = product.project("busy")
        with Senders(product, project) as senders:
            product.wait(lambda: len(senders.accepted) > 150)
            before = len(senders.accepted)
            running = begin_backup(product, repository)
            output, errors = running.communicate(timeout=60)
            after = len(senders.accepted) + 2  # some were not answered yet
            product.wait(lambda: len(senders.accepted) > after + 50)
        assert running.returncode == 0, errors
        assert senders.refused == 0
        assert "Backup" in output
        product.wait(lambda: errors_of(product, project) == len(senders.accepted))
    with _restored(Product(tmp_path / "restored", digesters="2"), repository) as restored:
        held = restored.wait(lambda: _settled(restored, project))
        assert before <= held <= after
        for event_id in senders.accepted:
            assert restored.send(project, envelope(event_id))[0] == 200
        total = len(senders.accepted)
        restored.wait(lambda: errors_of(restored, project) == total, seconds=30)
        names = [path for path in (tmp_path / "restored" / "blobs").glob("??/*") if path.is_file()]
        assert len(names) == total


def test_a_backup_that_is_killed_is_none_and_harms_nobody(tmp_path: Path) -> None:
    """At several points: the product goes on, the next one is whole, and nothing is left over."""
    repository, data = tmp_path / "repository", tmp_path / "data"
    staging = data / "backing-up" / "files"
    points: list[Callable[[], bool]] = [
        lambda: len(list(repository.glob("objects/??/*"))) > 3,
        lambda: (staging / "spool").exists(),
        lambda: any((staging / "store").glob("*.duckdb")),
        lambda: (staging / "vedette.sqlite3").exists(),
        lambda: len(list(repository.glob("objects/??/*"))) > 200,
    ]
    with Product(data) as product:
        project = product.project("busy")
        with Senders(product, project) as senders:
            product.wait(lambda: len(senders.accepted) > 150)
            for point in points:
                running = begin_backup(product, str(repository))
                _kill_at(running, point)
                assert list(repository.glob("backups/*")) == []
            output = product.command("backup", "--to", str(repository))
            assert "Backup" in output
        product.wait(lambda: errors_of(product, project) == len(senders.accepted))
        assert json.loads(product.post("/-/health", b"", method="GET")[2])["status"] == "ok"
        product.command("verify", "--to", str(repository))
        assert not (data / "backing-up").exists()
        assert half_written(repository) == []


def test_a_worker_that_dies_under_a_backup_costs_at_most_the_backup(tmp_path: Path) -> None:
    """It says so or is whole; the product goes on, and the next backup is as good as any."""
    repository, data = tmp_path / "repository", tmp_path / "data"
    with Product(data) as product:
        project = product.project("busy")
        with Senders(product, project) as senders:
            product.wait(lambda: len(senders.accepted) > 50)
            running = begin_backup(product, str(repository))
            while not (data / "backing-up" / "files" / "dead").exists():
                assert running.poll() is None
            os.kill(product.child("worker"), signal.SIGKILL)
            _, errors = running.communicate(timeout=60)
            assert len(list(repository.glob("backups/*"))) == (running.returncode == 0)
            assert running.returncode == 0 or "try again" in errors
        product.wait(lambda: errors_of(product, project) == len(senders.accepted), seconds=30)
        product.command("backup", "--to", str(repository))
        product.command("verify", "--to", str(repository))


def test_a_running_product_takes_a_restored_folder_over(tmp_path: Path) -> None:
    """It starts again by itself as it was then, under the same address and process; what there
    was since is kept aside, and what is sent afterwards counts."""
    repository = str(tmp_path / "repository")
    with Product(tmp_path / "data") as product:
        project = product.project("back")
        _send_and_wait(product, project, 10)
        product.command("backup", "--to", repository)
        _send_and_wait(product, project, 25)
        refused = subprocess.run(
            _words(product, "restore", "--from", repository),
            env=product.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode == 1
        assert "--replace" in refused.stderr
        said = product.command("restore", "--from", repository, "--replace")
        assert "kept in" in said
        product.wait(lambda: product.is_answering() and _settled(product, project) == 10)
        (before,) = (tmp_path / "data").glob("before-restore-*")
        assert (before / "vedette.sqlite3").exists()
        _send_and_wait(product, project, 13)


def test_a_point_in_time_is_restored(tmp_path: Path) -> None:
    """`--at` gives the state of the last backup before it, issues, events and settings."""
    repository = str(tmp_path / "repository")
    with Product(tmp_path / "data") as product:
        project = product.project("back")
        _send_and_wait(product, project, 3)
        product.command("backup", "--to", repository)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 1))
        product.wait(lambda: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) > moment)
        _send_and_wait(product, project, 5)
        product.command("backup", "--to", repository)
    with _restored(Product(tmp_path / "restored"), repository, "--at", moment) as restored:
        assert restored.wait(lambda: _settled(restored, project)) == 3


def test_damage_is_found_and_named_and_mended_by_the_next_backup(tmp_path: Path) -> None:
    """Bytes that changed in the repository are told with the file that needs them; it cannot be
    restored; the next backup writes them anew."""
    repository = tmp_path / "repository"
    with Product(tmp_path / "data") as product:
        project = product.project("back")
        _send_and_wait(product, project, 3)
        product.command("backup", "--to", str(repository))
        (manifest,) = repository.glob("backups/*.json")
        told = json.loads(manifest.read_bytes())["backup"]
        assert {"issues", "projects"} <= told["migrations"].keys()
        files = told["files"]
        key = next(file for file in files if file["path"] == "secret_key")["pieces"][0]
        place = repository / "objects" / key[:2] / key
        content = bytearray(place.read_bytes())
        content[-1] ^= 1
        place.write_bytes(content)
        words = _words(product, "verify", "--to", str(repository))
        found = subprocess.run(
            words, env=product.environment, capture_output=True, text=True, check=False
        )
        assert found.returncode == 1
        assert f"secret_key: objects/{key[:2]}/{key} is damaged" in found.stdout
        target = tmp_path / "restored"
        restoring = subprocess.run(
            [*_words(product, "restore", "--from", str(repository))[:-1], str(target)],
            env=product.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert restoring.returncode == 1
        assert "is damaged" in restoring.stderr
        assert not (target / "restoring").exists()
        product.command("backup", "--to", str(repository))
        assert product.command("verify", "--to", str(repository)).startswith("ok")


def test_what_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    """A second backup of a quiet product writes a small part of the first."""
    repository = str(tmp_path / "repository")
    with Product(tmp_path / "data") as product:
        project = product.project("quiet")
        _send_and_wait(product, project, 50)
        parts = [
            ({"type": "event"}, b'{"message": "with a file"}'),
            ({"type": "attachment", "filename": "a.bin"}, os.urandom(1 << 20)),
        ]
        assert product.send(project, build_envelope({"event_id": "a" * 32}, parts))[0] == 200
        product.wait(lambda: errors_of(product, project) == 51)
        written = []
        for _ in range(2):
            product.command("backup", "--to", repository)
            newest = max(Path(repository).glob("backups/*.json"))
            written.append(json.loads(newest.read_bytes())["backup"]["written_bytes"])
        assert written[1] < written[0] / 3


def test_a_backup_in_s3_is_restored(tmp_path: Path) -> None:
    """The same through a server that speaks S3, and nothing of it lies in a folder."""
    with S3() as s3:
        settings = {
            "backup_s3_key_id": KEY_ID,
            "backup_s3_secret": SECRET,
            "outgoing_networks": "127.0.0.1",
        }
        with Product(tmp_path / "data", **settings) as product:
            project = product.project("away")
            _send_and_wait(product, project, 5)
            product.command("backup", "--to", s3.place, "--keep-last", "1")
            product.command("backup", "--to", s3.place, "--keep-last", "1")
            product.command("verify", "--to", s3.place)
        assert len([key for key in s3.objects if "/backups/" in key.removeprefix("/shelf/of")]) > 0
        with _restored(Product(tmp_path / "restored", **settings), s3.place) as restored:
            assert restored.wait(lambda: _settled(restored, project)) == 5


def test_a_stopped_product_is_backed_up_with_what_it_had_not_digested(tmp_path: Path) -> None:
    """Killed with a backlog: what only the spool holds is in the backup, and is digested after."""
    repository = str(tmp_path / "repository")
    with Product(tmp_path / "data") as product:
        project = product.project("killed")
        _send_and_wait(product, project, 5)
        for number in range(5, 12):
            assert product.send(project, envelope(f"{number:032x}"))[0] == 200
        assert product.process is not None
        children = [product.child(role) for role in ("door", "digester", "worker")]
        product.process.kill()
        product.process.wait()
        product.process = None
        product.wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
        product.command("backup", "--to", repository)
    with _restored(Product(tmp_path / "restored"), repository) as restored:
        restored.wait(lambda: errors_of(restored, project) == 12)


@pytest.mark.postgres
def test_metadata_in_postgresql_are_of_the_same_moment(tmp_path: Path, postgres: Postgres) -> None:
    """`pg_dump` reads by the snapshot that was taken with the store; the restoration needs an
    empty database and says so."""
    repository = str(tmp_path / "repository")
    with Product(tmp_path / "data", database_url=postgres.database()) as product:
        project = product.project("busy")
        with Senders(product, project) as senders:
            product.wait(lambda: len(senders.accepted) > 60)
            before = len(senders.accepted)
            product.command("backup", "--to", repository)
            after = len(senders.accepted) + 2
        restored = Product(tmp_path / "restored", database_url=postgres.database())
        words = _words(restored, "restore", "--from", repository)
        refused = subprocess.run(
            words, env=restored.environment, capture_output=True, text=True, check=False
        )
        assert "is not empty" in refused.stderr
    with _restored(
        Product(tmp_path / "restored", database_url=postgres.empty()), repository
    ) as restored:
        held = restored.wait(lambda: _settled(restored, project), seconds=30)
        assert before <= held <= after
        for event_id in senders.accepted:
            restored.send(project, envelope(event_id))
        restored.wait(lambda: errors_of(restored, project) == len(senders.accepted), seconds=30)


def _send_and_wait(product: Product, project: dict[str, str], total: int) -> None:
    """Send numbered events until there are so many."""
    held = max(errors_of(product, project), 0)
    for number in range(held, total):
        assert product.send(project, envelope(f"{number:032x}"))[0] == 200
    product.wait(lambda: errors_of(product, project) == total)


def _restored(product: Product, repository: str, *words: str) -> Product:
    """A product that has not started yet, with a folder that was restored."""
    product.command("restore", "--from", repository, *words)
    return product


def _settled(product: Product, project: dict[str, str]) -> int:
    """The errors, once nothing waits; 0 before."""
    return 0 if backlog_of(product) else max(errors_of(product, project), 0)


def _kill_at(running: subprocess.Popen[str], point: Callable[[], bool]) -> None:
    """Kill it as soon as it has come so far."""
    while not point():
        assert running.poll() is None, running.communicate()
        time.sleep(0.002)  # between two looks, or the looks would take the processor
    running.kill()
    running.communicate()


def _words(product: Product, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "vedette", *arguments, "--data", str(product.folder)]


def test_backups_are_taken_by_themselves_and_failures_are_told(tmp_path: Path) -> None:
    """What the installation has chosen is taken and verified soon after the start; a place that
    cannot be used is named on the health page."""
    repository, data = tmp_path / "repository", tmp_path / "data"
    (tmp_path / "file").write_text("no folder")
    product = Product(data)
    product.command("migrate")
    _choose(product, str(repository))
    with product:
        product.wait(lambda: list(repository.glob("backups/*.json")), seconds=30)
        product.wait(lambda: json.loads((data / "backups.json").read_bytes())["taken"])
    _choose(product, str(tmp_path / "file"))
    product.start_without_waiting()
    try:
        product.wait(lambda: "loop backups fails" in _problems(product), seconds=40)
        assert str(tmp_path / "file") in _problems(product)
    finally:
        product.stop()


def _problems(product: Product) -> str:
    if not product.is_answering():
        return ""
    return " ".join(json.loads(product.post("/-/health", b"", method="GET")[2])["problems"])


def _choose(product: Product, place: str) -> None:
    """As the page does it."""
    subprocess.run([sys.executable, "-c", _CHOOSE, place], env=product.environment, check=True)
