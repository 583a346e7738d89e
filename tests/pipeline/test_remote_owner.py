"""Digesters in other processes hand their batches to the owner over a socket."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.pipe import Pipe, event, id_of
from vedette.pipeline.context import Context
from vedette.pipeline.domain import DomainUnavailable
from vedette.pipeline.loop import Digester, is_mine
from vedette.pipeline.remote import OwnerAway, OwnerClient, OwnerServer


class RemotePipe(Pipe):
    """A pipe whose digester reaches the owner over a socket and overlaps its commits."""

    def open(self) -> None:
        super().open()
        self.server = OwnerServer(self.owner, self.folder / "owner.sock")
        self.server.start()
        self.client = OwnerClient(self.folder / "owner.sock", connect_seconds=0.2)
        local = self.digester
        self.digester = Digester(
            spool_folder=self.folder / "spool",
            bell=self.folder / "remote-bell",
            owner=self.client,
            blobs=local._blobs,
            context=Context(self.client.settings, max_event_bytes=1 << 20),
            dead=self.dead,
        )
        local.close()

    def crash(self) -> None:
        self.server.stop()
        super().crash()


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[RemotePipe]:
    held = RemotePipe(tmp_path)
    yield held
    held.crash()


def test_events_arrive_over_the_socket_once(pipe: RemotePipe) -> None:
    """Rows, outcomes and facts, over several batches, and none again after a restart."""
    envelopes = [event() for _ in range(2500)]
    pipe.spool(*envelopes)
    pipe.work()
    assert pipe.ids() == sorted(map(id_of, envelopes))
    assert pipe.outcomes() == {("error", "accepted"): 2500}
    assert sum(pipe.metadata.counts.values()) == 2500
    pipe.restart()
    pipe.work()
    assert len(pipe.ids()) == 2500
    assert sum(pipe.metadata.counts.values()) == 2500


def test_faults_come_back_in_the_owners_words(pipe: RemotePipe) -> None:
    """A database that is away is that, also on the other side of the socket."""
    pipe.spool(event())
    pipe.metadata.fail = [DomainUnavailable("gone fishing")]
    with pytest.raises(DomainUnavailable, match="gone fishing"):
        pipe.work()
    pipe.digester.start_over()
    pipe.work()
    assert len(pipe.ids()) == 1
    assert sum(pipe.metadata.counts.values()) == 1


def test_an_owner_that_is_away_is_waited_for(pipe: RemotePipe) -> None:
    """Nothing is buried, and everything arrives when it is back."""
    pipe.spool(event(), event())
    pipe.server.stop()
    pipe.client._local.__dict__.clear()
    with pytest.raises(OwnerAway):
        pipe.work()
    pipe.digester.start_over()
    pipe.server = OwnerServer(pipe.owner, pipe.folder / "owner.sock")
    pipe.server.start()
    pipe.work()
    assert len(pipe.ids()) == 2
    assert pipe.dead.count() == 0


def test_a_record_that_kills_the_owner_is_set_aside(
    pipe: RemotePipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few deaths the batch is taken apart; its neighbours are stored."""
    envelopes = [event() for _ in range(4)]
    deadly = id_of(envelopes[2])
    pipe.spool(*envelopes)
    real = pipe.client._ask

    def die(call: str, argument: object) -> object:
        if call == "commit" and deadly in str(getattr(argument, "once", "")):
            raise OwnerAway("it died")
        return real(call, argument)

    monkeypatch.setattr(pipe.client, "_ask", die)
    for _ in range(12):
        try:
            pipe.work()
            break
        except OwnerAway:
            pipe.digester.start_over()
    assert pipe.ids() == sorted(id_of(one) for one in envelopes if id_of(one) != deadly)
    assert pipe.dead.count() == 1
    assert pipe.outcomes() == {("error", "accepted"): 3, ("default", "dropped"): 1}


def test_the_socket_is_for_its_owner_only(pipe: RemotePipe) -> None:
    """Nobody else on the machine can hand batches over."""
    assert stat.S_IMODE((pipe.folder / "owner.sock").stat().st_mode) == 0o600


def test_every_folder_falls_to_exactly_one_digester() -> None:
    """However many there are, and whatever the folders are called."""
    names = ["web", "reingest", "retried", *(f"web-{number}" for number in range(9))]
    for count in (1, 2, 3, 8):
        for name in names:
            assert sum(is_mine(name, index, count) for index in range(count)) == 1
        shares = [is_mine(f"web-{number}", number, count) for number in range(count)]
        assert all(shares)
