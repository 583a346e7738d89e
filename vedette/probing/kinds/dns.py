"""A question to a name server, and what it has to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vedette.probing import place
from vedette.probing.connecting import literal
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings
from vedette.probing.name_server import Question, ask, query_of
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.settings import Reading

if TYPE_CHECKING:
    import dns.message

_TYPES = (
    "A",
    "AAAA",
    "CNAME",
    "MX",
    "NS",
    "TXT",
    "SOA",
    "SRV",
    "CAA",
    "PTR",
    "DS",
    "TLSA",
    "HTTPS",
)
_RCODES = ("NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED")
_MOST_SHOWN = 20
_FIELDS = (
    ProbeField(name="name", label="Name", example="shop.example", is_needed=True, is_address=True),
    ProbeField(name="type", label="Type", form="choice", choices=_TYPES, default="A"),
    ProbeField(
        name="server",
        label="Name server",
        help="Empty for the system's own.",
        example="192.0.2.53",
        is_address=True,
    ),
    ProbeField(
        name="port", label="Port", form="number", default=53, least=1, most=65535, is_rare=True
    ),
    ProbeField(
        name="expect",
        label="Expect",
        help="One answer a line; empty takes any.",
        form="lines",
        example="192.0.2.10",
    ),
    ProbeField(
        name="match",
        label="How",
        help="equal: these and no others; contains: at least these.",
        form="choice",
        choices=("equal", "contains"),
        default="equal",
    ),
    ProbeField(
        name="rcode",
        label="Code",
        help="What the server has to say.",
        form="choice",
        choices=_RCODES,
        default="NOERROR",
        is_rare=True,
    ),
    ProbeField(
        name="dnssec",
        label="DNSSEC",
        help="The resolver has to have validated the answer (its flag AD).",
        form="yes",
        is_rare=True,
    ),
)


def _prepare(settings: Settings) -> Probe:
    import dns.exception

    reading = Reading(settings, _FIELDS)
    question = Question(
        name=reading.text("name"),
        type=reading.text("type"),
        server=place.read_host(reading, "server"),
        port=reading.whole("port"),
        expect=frozenset(_plain(reading.text("type"), one) for one in reading.lines("expect")),
        is_equal=reading.text("match") == "equal",
        rcode=reading.text("rcode"),
        dnssec=reading.yes("dnssec"),
    )
    try:
        query_of(question)
    except (dns.exception.DNSException, ValueError) as error:
        reading.wrong("name", f"this is no name: {error}")
    if question.expect and question.rcode != "NOERROR":
        reading.wrong("expect", f"there is no answer with {question.rcode}")
    reading.finish()

    async def look(run: Run) -> None:
        answer = await ask(run, question)
        _judge(run, question, answer)

    return probe_of(look)


def _judge(run: Run, question: Question, answer: dns.message.Message) -> None:
    import dns.flags
    import dns.rcode
    import dns.rdatatype

    rcode = dns.rcode.to_text(answer.rcode())
    validated = bool(answer.flags & dns.flags.AD)
    wanted = dns.rdatatype.from_text(question.type)
    sets = [one for one in answer.answer if one.rdtype == wanted]
    found = sorted({_plain(question.type, _text(data)) for one in sets for data in one})
    run.facts |= {"rcode": rcode, "answers": found[:_MOST_SHOWN], "validated": validated}
    if sets:
        run.captured["ttl"] = float(min(one.ttl for one in sets))
    if rcode != question.rcode:
        reason = rcode.lower() if rcode in ("NXDOMAIN", "SERVFAIL") else "rcode"
        raise Failed(reason, f"the server says {rcode} of {question.name}")
    if question.dnssec and not validated:
        raise Failed("not_validated", "the resolver has not validated the answer")
    _compare(question, frozenset(found))


def _compare(question: Question, found: frozenset[str]) -> None:
    missing, besides = question.expect - found, found - question.expect
    if question.rcode == "NOERROR" and not found:
        raise Failed("mismatch", f"{question.name} has no {question.type}", missing=sorted(missing))
    if missing or (question.expect and question.is_equal and besides):
        words = [f"without {', '.join(sorted(missing))}"] if missing else []
        words += [f"besides {', '.join(sorted(besides))}"] if question.is_equal and besides else []
        raise Failed(
            "mismatch",
            f"the answer is {' and '.join(words)}"[:400],
            missing=sorted(missing)[:_MOST_SHOWN],
            besides=sorted(besides)[:_MOST_SHOWN],
        )


def _text(data: Any) -> str:
    strings = getattr(data, "strings", None)
    if strings is not None:
        return b"".join(strings).decode("utf-8", "replace")
    return str(data.to_text())


def _plain(kind: str, text: str) -> str:
    """An answer as it is compared: names and addresses without case and last dot."""
    if kind == "TXT":
        return text
    plain = text.strip().lower()
    if kind in ("CNAME", "MX", "NS", "SRV", "PTR"):
        plain = " ".join(plain.split()).removesuffix(".")
    return literal(plain) or plain if kind == "AAAA" else plain


def _target(settings: Settings) -> str:
    at = f" at {settings['server']}" if settings.get("server") else ""
    return f"{settings.get('type') or 'A'} {settings['name']}{at}"


def _hosts(settings: Settings) -> frozenset[str]:
    return frozenset({str(settings.get("server") or settings["name"])})


def _sample() -> dict[str, Any]:
    return {
        "name": "shop.example",
        "type": "A",
        "server": "127.0.0.1",
        "port": 5353,
        "expect": ["192.0.2.10", "192.0.2.11"],
    }


PROBE = ProbeKind(
    name="dns",
    label="Name",
    help="Asks a name server, and compares what it answers.",
    fields=_FIELDS,
    reasons=COMMON_REASONS
    | {"nxdomain", "servfail", "rcode", "mismatch", "not_validated", "protocol"},
    prepare=_prepare,
    target=_target,
    hosts=_hosts,
    sample=_sample,
)
