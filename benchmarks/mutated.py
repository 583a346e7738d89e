"""Mutated requests over every endpoint, page and route as found: does anything break?

Usage: python -m benchmarks.mutated [COUNT] [--seed N] [--only KIND …]
       [--issues N] [--events N] [--keep FOLDER]

Sends COUNT requests that were good before a few changes, by everybody, and a control event now
and then. Prints status classes by kind of target, the memory of each process, and every failure:
an answer of 500 and above, none at all to a request whose framing was not touched, a process that
ended, a control that is not stored once and right, a page of a resulting event that is no 200.
The exit status says whether there was any; --keep writes the requests of failures into a folder.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from random import Random
from statistics import median

from benchmarks import measure
from benchmarks.mutation import bodies, changes
from benchmarks.mutation.aftermath import Aftermath, control
from benchmarks.mutation.door import door_routes
from benchmarks.mutation.people import People, use
from benchmarks.mutation.request import Request
from benchmarks.mutation.seeds import read_seeds
from benchmarks.mutation.targets import Maker, Places, found_routes
from benchmarks.mutation.wire import Answer, ask
from benchmarks.running import health, product
from tests.flow.product import Product

_AT_ONCE = 6
_CONTROL_EVERY = 50
_REFRESH_EVERY = 300
_WEIGHTS = {"door": 5.0, "pages": 4.0, "API": 3.0, "status": 0.3, "live": 0.3}
_ROLES = ("door", "pages", "worker", "digester")
_SPARE_MB = 60.0  # what a process may grow after the first quarter: caches, and the allocator
_MOST_MB = 500.0  # what it may hold at any moment
_ALL = 1 << 40
_CLASSES = ("2xx", "3xx", "4xx", "5xx", "none")


class Run:
    """One run: what is sent, and what came back."""

    def __init__(
        self,
        running: Product,
        places: Places,
        people: People,
        options: argparse.Namespace,
        controlled: dict[str, str],
    ) -> None:
        self._running = running
        self._controlled = controlled
        self._people = people
        self._places = places
        self._chance = Random(options.seed)
        self._weights = {name: _WEIGHTS[name] for name in options.only or _WEIGHTS}
        self._makers: dict[str, list[Maker]] = {
            "door": door_routes(places, read_seeds()),
            **found_routes(places),
        }
        self.classes: dict[str, Counter[str]] = defaultdict(Counter)
        self.failures: list[tuple[str, bytes]] = []
        self.controls: list[int] = []
        self.memory: list[dict[str, float]] = []
        self._sent = 0

    async def send(self, count: int) -> None:
        """All of them, in parts, so that who sends is made anew and memory is looked at."""
        while self._sent < count:
            await asyncio.to_thread(self._refresh)
            part = min(_REFRESH_EVERY, count - self._sent)
            requests = iter([self._make() for _ in range(part)])
            await asyncio.gather(*(self._sender(requests) for _ in range(_AT_ONCE)))
            self.memory.append(memory(self._running))

    def _refresh(self) -> None:
        from vedette.issues.models import Issue

        self._people.refresh()
        newest = Issue.objects.order_by("-pk").values_list("pk", flat=True)[:30]
        self._places.issues = [str(pk) for pk in newest] or ["1"]
        self._places.values = self._people.numbers(self._places.victim["project"])
        self._places.events = [
            "latest",
            "oldest",
            "a" * 32,
            *(control(n)[0] for n in self.controls),
        ]

    def _make(self) -> Request:
        chance = self._chance
        kind = chance.choices(tuple(self._weights), tuple(self._weights.values()))[0]
        request = chance.choice(self._makers[kind])(chance)
        request.headers.insert(0, ("Host", "127.0.0.1"))
        is_door = kind == "door"  # a key is enough there, and the body is what is changed most
        if not is_door or chance.random() < 0.1:
            self._people.sign(chance, request)
        if request.body and chance.random() < 0.15:
            bodies.spoil(chance, request)
        if request.body and chance.random() < 0.2:
            bodies.compress(chance, request)
        if request.method not in ("GET", "HEAD") and chance.random() < 0.01:
            bodies.swell(chance, request)
        kinds, weights = zip(*changes.CHANGES, strict=True)
        times = chance.choice((0, 0, 0, 1, 2) if is_door else (0, 1, 1, 2, 4))
        # framing works on the bytes, so it comes last
        chosen = sorted(chance.choices(kinds, weights, k=times), key=lambda c: c is changes.framing)
        for change in chosen:
            change(chance, request)
        return request

    async def _sender(self, requests: object) -> None:
        for request in requests:  # type: ignore[attr-defined]
            self._sent += 1
            if self._sent % _CONTROL_EVERY == 0:
                await self._send_control(self._sent)
            data = request.encoded()
            is_head = request.method == "HEAD"
            answer = await ask(self._running.port, data, is_whole=request.is_whole, is_head=is_head)
            self._note(request, data, answer)

    async def _send_control(self, number: int) -> None:
        project = self._controlled
        _, body = control(number)
        head = (
            f"POST /api/{project['id']}/store/?sentry_key={project['public_key']} HTTP/1.1\r\n"
            f"Host: x\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        answer = await ask(self._running.port, head.encode() + body)
        self.controls.append(number)
        if answer.status != 200:
            self.failures.append((f"control {number}: {answer.status} {answer.fault}", body))

    def _note(self, request: Request, data: bytes, answer: Answer) -> None:
        kind = f"{answer.status // 100}xx" if answer.status else "none"
        self.classes[request.group][kind] += 1
        if answer.status >= 500 or (not answer.status and request.is_whole):
            words = f"{request.group} as {request.who}: {answer.status} {answer.fault}"
            self.failures.append((f"{words} {answer.body[:200]!r}", data))


def memory(running: Product) -> dict[str, float]:
    """The memory of the processes of each role."""
    return {role: sum(measure.memory_mb(pid) for pid in running.children(role)) for role in _ROLES}


async def attack(running: Product, project: dict[str, str], options: argparse.Namespace) -> int:
    """Send, look at what is left, print; returns how much is wrong."""
    places = Places(project, await asyncio.to_thread(running.project, "victim"))
    people = People(use(running.folder, running.port))
    pids = {role: running.children(role) for role in _ROLES}
    controlled = await asyncio.to_thread(_controlled, running)
    run = Run(running, places, people, options, controlled)
    await run.send(options.count)
    wrong = [f"{words}\n    {data[:700]!r}" for words, data in run.failures]
    await asyncio.to_thread(
        running.wait, lambda: health(running)["spool"]["backlog_bytes"] == 0, seconds=300
    )
    await asyncio.to_thread(people.refresh)
    controls = Aftermath(running, "", controlled["token"])
    await controls.check_controls(controlled["organization"], controlled["project"], run.controls)
    after = Aftermath(running, people.cookies["owner"], people.tokens["token"])
    await after.open_everything(options.issues, options.events)
    run.memory.append(memory(running))
    now = {role: running.children(role) for role in _ROLES}
    wrong += [
        f"{role}: {pids[role]} became {now[role]}" for role in _ROLES if pids[role] != now[role]
    ]
    wrong += controls.wrong + after.wrong + _left_behind(running) + _grown(running, run.memory)
    _print(run, after, wrong)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        for number, (words, data) in enumerate(run.failures):
            (options.keep / f"{number:04}.http").write_bytes(data)
            (options.keep / f"{number:04}.txt").write_text(words)
        (options.keep / "log.txt").write_text(running.log())
    return len(wrong)


def _controlled(running: Product) -> dict[str, str]:
    """A project of an organisation that none of the people is in, with a token for reading it.

    The mutated requests of an owner change what a project scrubs, is called and lets in, as they
    may: what the controls say must not depend on it.
    """
    of_theirs = ("--organization", "controls", "--json")
    made: dict[str, str] = json.loads(running.command("project", "create", "controls", *of_theirs))
    token = json.loads(running.command("token", "create", *of_theirs))["token"]
    return {**made, "token": token}


def _left_behind(running: Product) -> list[str]:
    """Dead letters, and faults in the log."""
    dead = health(running)["dead_records"]
    faults = running.log().count("Traceback (most recent call last)")
    found = [f"{dead} records are dead"] if dead else []
    return found + ([f"{faults} tracebacks in the log"] if faults else [])


def _grown(running: Product, held: list[dict[str, float]]) -> list[str]:
    """Which processes held too much at any time, or more and more of it.

    Judged by the system's own mark of the highest, and by the medians of the second and the
    last quarter of all samples: one sample may fall into a flush.
    """
    found: list[str] = []
    quarter = max(len(held) // 4, 1)
    for role in _ROLES:
        highest = max(measure.highest_memory_mb(pid) for pid in running.children(role))
        early, late = (
            median(sample[role] for sample in part)
            for part in (held[quarter : 2 * quarter] or held, held[-quarter:])
        )
        if highest > _MOST_MB:
            found.append(f"{role} held {highest:.0f} MB at its highest")
        if late - early > _SPARE_MB:
            found.append(f"{role} grew from {early:.0f} to {late:.0f} MB")
    return found


def _print(run: Run, after: Aftermath, wrong: list[str]) -> None:
    print(f"{'requests to':<12}" + "".join(f"{name:>9}" for name in ("sent", *_CLASSES)))
    for group, counts in sorted(run.classes.items()):
        cells = (counts.total(), *(counts[name] for name in _CLASSES))
        print(f"{group:<12}" + "".join(f"{cell:>9}" for cell in cells))
    heads = ("first", "1/4", "1/2", "3/4", "end", "after")
    print(f"\n{'memory, MB':<12}" + "".join(f"{name:>9}" for name in heads))
    steps = len(run.memory) - 2
    marks = [run.memory[steps * n // 4] for n in range(5)] + [run.memory[-1]]
    for role in _ROLES:
        print(f"{role:<12}" + "".join(f"{mark[role]:>9.0f}" for mark in marks))
    print(f"\n{len(run.controls)} control events, {after.opened} pages and resources afterwards")
    print(f"{len(wrong)} failures")
    for words in wrong[:60]:
        print(" -", words)


def main(words: list[str]) -> int:
    """Run it; the exit status is 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutated")
    parser.add_argument("count", nargs="?", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--issues", type=int, default=_ALL, help="how many to open afterwards")
    parser.add_argument("--events", type=int, default=_ALL, help="how many of each issue to open")
    parser.add_argument("--only", nargs="*", choices=_WEIGHTS, help="kinds of target")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args(words)
    measure.machine()
    with product() as (running, project):
        return 1 if asyncio.run(attack(running, project, options)) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
