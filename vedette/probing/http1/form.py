"""The form of a request, and a look at its answer: what the kinds that speak HTTP share."""

from __future__ import annotations

from vedette.probing import tls_form
from vedette.probing.checks import Checks
from vedette.probing.conditions import Seen
from vedette.probing.http1.address import read_address
from vedette.probing.http1.client import Answer, BadContent, fetch
from vedette.probing.http1.request import (
    METHODS,
    Request,
    basic,
    bearer,
    named_hosts,
    read_headers,
)
from vedette.probing.kinds import ProbeField, Settings
from vedette.probing.result import MOST_EVIDENCE_BYTES
from vedette.probing.running import COMMON_REASONS, Failed, Run
from vedette.probing.settings import Reading

KNOWS = frozenset({"status", "time", "header", "body", "document", "cert"})
REASONS = COMMON_REASONS | {"tls", "redirect", "protocol"}
_MOST_HEADERS = 20
_PRIVATE = frozenset({"set-cookie", "authorization", "www-authenticate", "proxy-authenticate"})

URL = ProbeField(
    name="url",
    label="Address",
    example="https://shop.example/api/health",
    is_needed=True,
    is_address=True,
)
METHOD = ProbeField(
    name="method", label="Method", form="choice", choices=METHODS, default="GET", is_rare=True
)
HEADERS = (
    ProbeField(name="user", label="User", help="For basic authentication.", is_rare=True),
    ProbeField(name="password", label="Password", is_secret=True, is_rare=True),
    ProbeField(
        name="token",
        label="Token",
        help="Sent as Authorization: Bearer …",
        is_secret=True,
        is_rare=True,
    ),
    ProbeField(
        name="headers",
        label="Headers",
        help="One a line, Name: value.",
        form="lines",
        example="Accept-Language: en",
        is_rare=True,
        way=named_hosts,
    ),
    ProbeField(
        name="secret_headers",
        label="Secret headers",
        help="One a line, Name: value; written and never shown.",
        form="block",
        is_secret=True,
        is_rare=True,
    ),
)
REST = (
    *HEADERS,
    ProbeField(name="body", label="Body", form="block", is_rare=True),
    ProbeField(
        name="follow",
        label="Follow redirects",
        help="At most 10; secrets and bodies do not follow to another host.",
        form="yes",
        default=True,
        is_rare=True,
    ),
    *tls_form.FIELDS,
)
MOST_REDIRECTS = 10


def read_request(reading: Reading) -> Request | None:
    """The request that is filled in; None, and noted, if it is none."""
    try:
        address = read_address(reading.text("url"))
    except ValueError as error:
        reading.wrong("url", str(error))
        return None
    return Request(
        address=address,
        method=reading.text("method"),
        headers=read_all_headers(reading),
        body=reading.text("body").encode(),
        tls=tls_form.read_tls(reading),
        most_redirects=MOST_REDIRECTS if reading.yes("follow") else 0,
    )


def read_all_headers(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Those that are written and the one that identifies us; what is wrong is noted."""
    headers = [*_headers(reading, "headers"), *_headers(reading, "secret_headers")]
    user, password, token = (reading.text(name) for name in ("user", "password", "token"))
    if token and (user or password):
        reading.wrong("token", "either a token or a user with a password")
    if (token or user) and any(name.lower() == "authorization" for name, _ in headers):
        reading.wrong("headers", "authorization is given twice")
    if not token.isascii() or not token.isprintable():
        reading.wrong("token", "this has characters that cannot be sent")
    if token:
        headers.append(bearer(token))
    elif user or password:
        headers.append(basic(user, password))
    return tuple(headers)


def _headers(reading: Reading, name: str) -> tuple[tuple[str, str], ...]:
    is_block = name == "secret_headers"
    lines = reading.text(name).splitlines() if is_block else reading.lines(name)
    try:
        return read_headers(line for line in lines if line.strip())
    except ValueError as error:
        reading.wrong(name, str(error))
        return ()


def secrets_of(reading: Reading) -> tuple[str, ...]:
    """Every text that must not be in a result: of a header, its value is the secret."""
    found = list(reading.secrets())
    for line in reading.text("secret_headers").splitlines():
        found.append(line.partition(":")[2].strip())
    user, password = reading.text("user"), reading.text("password")
    if password:
        found.append(f"{user}:{password}")
    return tuple(one for one in found if one)


async def look(run: Run, request: Request, checks: Checks) -> None:
    """Fetch and judge. Raises Failed with an excerpt of the answer as evidence."""
    answer = await fetch(run, request)
    try:
        await judge(run, answer, checks)
    except Failed:
        run.evidence |= evidence_of(answer)
        raise


async def judge(run: Run, answer: Answer, checks: Checks) -> None:
    """Whether the answer is what was asked for. Raises Failed."""
    body, is_cut = b"", answer.is_cut
    if checks.needs_body:
        try:
            body, is_cut = answer.body()
        except BadContent as error:
            raise Failed("protocol", str(error)) from None
    run.facts["bytes"] = len(answer.raw)
    seen = Seen(
        status=answer.status,
        time_ms=run.milliseconds,
        headers=answer.headers,
        body=body,
        cert_days=run.facts.get("certificate", {}).get("days"),
    )
    await checks.judge_beside(run, seen, is_cut=is_cut)


def evidence_of(answer: Answer) -> dict[str, object]:
    """The beginning of the body, and headers."""
    try:
        body = answer.body()[0]
    except BadContent:
        body = answer.raw
    shown = [(name, value) for name, value in answer.headers.items() if name not in _PRIVATE]
    return {
        "body": body[:MOST_EVIDENCE_BYTES].decode("utf-8", "replace"),
        "headers": {name: value[:200] for name, value in shown[:_MOST_HEADERS]},
    }


def target(settings: Settings) -> str:
    """The address without its query."""
    return read_address(str(settings["url"])).shown


def hosts(settings: Settings) -> frozenset[str]:
    """Whom it talks to first."""
    return frozenset({read_address(str(settings["url"])).host})
