"""A question to one name server (RFC 1035): by datagrams, and by TCP where the answer is long.

dnspython takes megabytes: only a process that asks loads it.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vedette.probing.connecting import connect_to, literal
from vedette.probing.datagrams import Datagrams, open_datagrams, open_to
from vedette.probing.running import Failed, Run, misconfigured
from vedette.probing.talk import Buffer, Talk

if TYPE_CHECKING:
    import dns.message

TRY_SECONDS = 2.0
_MOST_READ = 20
_MOST_BYTES = 4096  # of a datagram; 1232 are asked for, some servers know better


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of whom, and what the answer has to be."""

    name: str
    type: str
    server: str
    port: int
    expect: frozenset[str]
    is_equal: bool
    rcode: str
    dnssec: bool


def query_of(question: Question) -> dns.message.QueryMessage:
    import dns.flags
    import dns.message
    import dns.name
    import dns.reversename

    if question.type == "PTR" and literal(question.name):
        name = dns.reversename.from_address(question.name)
    else:
        name = dns.name.from_text(question.name)
    query = dns.message.make_query(name, question.type, use_edns=0, payload=1232)
    query.want_dnssec(False)
    query.flags |= dns.flags.AD if question.dnssec else 0
    return query


async def ask(run: Run, question: Question) -> dns.message.Message:
    """The answer by datagrams, asked for again where one is lost; by TCP where it is too long."""
    import dns.flags

    query = query_of(question)
    server = question.server or _system_server()
    if question.server:
        opened = open_datagrams(run, server, question.port)
    else:
        opened = open_to(run, server, question.port)
    async with await opened as held:
        with run.phase("query"):
            answer = await _heard(held, query)
    if answer.flags & dns.flags.TC:
        return await _ask_by_stream(run, question, query)
    return answer


async def _heard(held: Datagrams, query: dns.message.QueryMessage) -> dns.message.Message:
    """The answer, asked for again where none comes. Few are read: it takes long, and whoever
    answers something else may answer it a thousand times.
    """
    import dns.exception
    import dns.message

    wire = query.to_wire()
    held.send(wire)
    for _ in range(_MOST_READ):
        try:
            data = await held.receive(TRY_SECONDS)
        except TimeoutError:
            held.send(wire)
            continue
        if len(data) > _MOST_BYTES:
            raise Failed("protocol", "the answer is longer than was asked for")
        try:
            answer = dns.message.from_wire(data, ignore_trailing=True)
        except dns.exception.DNSException:
            raise _unread() from None
        if query.is_response(answer):
            return answer
        await asyncio.sleep(0)  # others have a turn
    raise Failed("protocol", "what came back answers other questions")


async def _ask_by_stream(
    run: Run, question: Question, query: dns.message.QueryMessage
) -> dns.message.Message:
    import dns.exception
    import dns.message

    wire = query.to_wire()
    made = await connect_to(run, [run.facts["address"]], question.port, Buffer)
    async with Talk(run, *made) as held:
        with run.phase("query"):
            held.say(struct.pack("!H", len(wire)) + wire)
            (size,) = struct.unpack("!H", await held.exactly(2))
            data = await held.exactly(size)
            try:  # the longest takes a good part of a second
                answer = await asyncio.to_thread(dns.message.from_wire, data)
            except dns.exception.DNSException:
                raise _unread() from None
    if not query.is_response(answer):
        raise Failed("protocol", "what came back answers another question")
    return answer


def _unread() -> Failed:
    return Failed("protocol", "what came back is no answer of a name server")


def _system_server() -> str:
    import dns.exception
    import dns.resolver

    try:
        return str(dns.resolver.Resolver().nameservers[0])
    except (dns.exception.DNSException, OSError, IndexError):
        raise misconfigured("this system names no name server; name one") from None
