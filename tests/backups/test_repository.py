"""Where backups are kept: a folder and S3 do the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.backups.s3 import KEY_ID, S3, SECRET
from vedette import clock
from vedette.backups import s3 as s3_module
from vedette.backups import shelf
from vedette.backups.errors import BackupError, InUse
from vedette.backups.places import open_repository
from vedette.backups.repository import Repository
from vedette.backups.s3 import Place, S3Repository, _signed, read_place
from vedette.config import Config

Opener = Callable[[], Repository]


@pytest.fixture
def s3() -> Iterator[S3]:
    with S3() as running:
        yield running


def config(tmp_path: Path) -> Config:
    return Config(
        data=tmp_path / "data",
        backup_s3_key_id=KEY_ID,
        backup_s3_secret=SECRET,
        outgoing_networks="127.0.0.0/8",
    )


@pytest.fixture(params=["folder", "s3"])
def opener(request: pytest.FixtureRequest, tmp_path: Path, s3: S3) -> Opener:
    place = s3.place if request.param == "s3" else str(tmp_path / "repository")
    return lambda: open_repository(config(tmp_path), place)


def test_what_is_put_is_there_and_listed(opener: Opener) -> None:
    """Also over several pages, with names that have to be escaped, replaced and removed."""
    repository = opener()
    keys = {f"objects/{number:02d}/a b+{number}" for number in range(20)}
    with repository.owned():
        for key in keys:
            repository.put(key, key.encode())
        repository.put("backups/one.json", b"old")
        repository.put("backups/one.json", b"new")
        repository.remove("objects/00/a b+0")
        repository.remove("objects/00/a b+0")
    again = opener()
    assert set(again.keys("objects")) == keys - {"objects/00/a b+0"}
    assert list(again.keys("backups")) == ["backups/one.json"]
    assert again.get("backups/one.json") == b"new"
    assert again.get("objects/07/a b+7") == b"objects/07/a b+7"
    assert again.get("objects/00/a b+0") is None


def test_only_one_writes(opener: Opener) -> None:
    """A second backup to the same place waits for another time; after the first it may."""
    with opener().owned(), pytest.raises(InUse, match="under way"), opener().owned():
        pass
    with opener().owned():
        pass


def test_the_data_folder_itself_is_no_place(tmp_path: Path) -> None:
    """Also by another name: its backups would hold one another."""
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    for place in ("data", "link", "data/../data"):
        with pytest.raises(BackupError, match="no place for backups"):
            open_repository(config(tmp_path), str(tmp_path / place))


def test_what_was_never_finished_is_nothing(tmp_path: Path) -> None:
    """A kill within a write leaves a file that is no object, and that the next owner removes."""
    repository = open_repository(config(tmp_path), str(tmp_path / "repository"))
    half = tmp_path / "repository" / "objects" / "ab" / "abc.new"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    assert list(repository.keys("objects")) == []
    with repository.owned():
        assert not half.exists()


def test_a_lock_of_who_was_killed_ends_by_itself(
    tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In S3 nobody lets go of it; when it was not renewed for long, another takes it, and so it
    does where a clock was far ahead that has been set back."""
    repository = open_repository(config(tmp_path), s3.place)
    s3.objects["/shelf/of/backups/lock"] = f"{'0' * 16} {clock.timestamp() + 9e6:.0f}".encode()
    with repository.owned():
        pass
    s3.objects["/shelf/of/backups/lock"] = f"{'0' * 16} {clock.timestamp():.0f}".encode()
    with pytest.raises(InUse, match="was killed"), repository.owned():
        pass
    s3.objects["/shelf/of/backups/lock"] = f"{'0' * 16} {clock.timestamp() - 901:.0f}".encode()
    with repository.owned():
        pass
    assert "/shelf/of/backups/lock" not in s3.objects


def test_s3_is_asked_again_when_it_is_busy(
    tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers 503 and 429 cost nothing but time; a refusal is told in its words at once."""
    monkeypatch.setattr(s3_module, "_WAIT_SECONDS", 0.001)
    repository = open_repository(config(tmp_path), s3.place)
    s3.failures += [503, 429]
    repository.put("objects/ab/abc", b"here")
    assert repository.get("objects/ab/abc") == b"here"
    s3.failures += [403]
    with pytest.raises(BackupError, match=r"403.*not now"):
        repository.get("objects/ab/abc")


def test_what_is_no_list_is_not_an_empty_one(tmp_path: Path, s3: S3) -> None:
    """A proxy's page with status 200 must not mean that no backup needs any piece."""
    repository = open_repository(config(tmp_path), s3.place)
    repository.put("objects/ab/abc", b"here")
    s3.failures += [200]
    with pytest.raises(BackupError, match="no list of backups"):
        shelf.prune(repository, shelf.Keeping())
    assert shelf.prune(repository, shelf.Keeping()) == []
    assert repository.get("objects/ab/abc") == b"here"


def test_who_has_lost_the_lock_takes_nothing_away(
    tmp_path: Path, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another backup has just written may be what this one would remove."""
    monkeypatch.setattr(s3_module, "_RENEW_SECONDS", 0.001)
    repository = open_repository(config(tmp_path), s3.place)
    with repository.owned():
        s3.objects["/shelf/of/backups/objects/ab/abc"] = b"theirs"
        s3.objects["/shelf/of/backups/lock"] = f"{'0' * 16} {clock.timestamp():.0f}".encode()
        assert isinstance(repository, S3Repository)
        assert repository._lost_lock.wait(10)
        with pytest.raises(InUse, match="taken over"):
            repository.remove("objects/ab/abc")
    assert "/shelf/of/backups/objects/ab/abc" in s3.objects
    assert "/shelf/of/backups/lock" in s3.objects


def test_a_wrong_secret_is_told(tmp_path: Path, s3: S3) -> None:
    """What S3 says of a signature reaches the person."""
    wrong = Config(
        data=tmp_path, backup_s3_key_id=KEY_ID, backup_s3_secret="x", outgoing_networks="127.0.0.1"
    )
    with pytest.raises(BackupError, match="signature does not match"):
        open_repository(wrong, s3.place).put("objects/ab/abc", b"")


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "body", "signature"),
    [
        (
            *("GET", "/test.txt", {}, {"range": "bytes=0-9"}, b""),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            *("GET", "/", {"lifecycle": ""}, {}, b""),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            *("GET", "/", {"max-keys": "2", "prefix": "J"}, {}, b""),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
        (
            *("PUT", "/test$file.text", {}),
            {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            b"Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
    ],
)
def test_signatures_are_those_of_the_reference(
    method: str,
    path: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: bytes,
    signature: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The examples of AWS's reference of S3, "Signature Calculations for the Authorization"."""
    from datetime import UTC, datetime

    monkeypatch.setattr(clock, "now", lambda: datetime(2013, 5, 24, tzinfo=UTC))
    place = Place(
        endpoint="https://examplebucket.s3.amazonaws.com",
        bucket="",
        prefix="",
        region="us-east-1",
        key_id="AKIAIOSFODNN7EXAMPLE",
        secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )
    signed = _signed(place, method, path, query, body, headers)
    assert signed.headers["authorization"].endswith(f"Signature={signature}")


@pytest.mark.parametrize(
    "place", ["", "https://a.example/b", "s3://", "s3:bucket", "s3://bucket/a?colour=red"]
)
def test_a_place_that_cannot_be_meant_is_refused(place: str, tmp_path: Path) -> None:
    """With words that show how one is written, before anything is written anywhere."""
    with pytest.raises(BackupError, match="s3://"):
        open_repository(config(tmp_path), place)


def test_s3_needs_its_keys() -> None:
    """They come from the environment, and the message names them."""
    with pytest.raises(BackupError, match="VEDETTE_BACKUP_S3_SECRET"):
        read_place("s3://bucket/a", key_id="a", secret="")
