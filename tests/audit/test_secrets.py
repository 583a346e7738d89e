"""What is taken for a secret. The shapes are put together here, so that no scanner takes alarm."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from tests.audit.checkouts import audited
from vedette.audit.finding import Severity
from vedette.audit.judging import judge
from vedette.audit.report import Report, entries_of
from vedette.audit.reports import formats
from vedette.audit.secrets import suspects
from vedette.audit.uploading import Version, documents
from vedette.audit.wishes import Wishes

RANDOM = "q7Rz2LmX9vTb4KsW8nPdY3hGc6JfU5eA1oZi0QxMk7"
CAPITALS = "Q3EGWZ7RM5TLKX2B"


def _token(*parts: bytes) -> str:
    return ".".join(urlsafe_b64encode(one).decode().rstrip("=") for one in parts)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("AWS access key", "AKIA" + CAPITALS),
        ("GitHub token", "ghp_" + RANDOM[:36]),
        ("GitHub token", "github_pat_" + (RANDOM * 2)[:82]),
        ("GitLab token", "glpat-" + RANDOM[:20]),
        ("Stripe key", "sk_live_" + RANDOM[:24]),
        ("Slack token", "xoxb-" + "947201583620-" + RANDOM[:24]),
        ("Slack webhook", f"hooks.slack.com/services/T{CAPITALS[:9]}/B{CAPITALS[:9]}/{RANDOM:.24}"),
        ("OpenAI key", "sk-" + RANDOM[:20] + "T3BlbkFJ" + RANDOM[20:40]),
        ("Anthropic key", "sk-ant-api03-" + (RANDOM * 3)[:93]),
        ("Google key", "AIza" + RANDOM[:35]),
        ("Sentry token", "sntryu_" + "4f1c2ab39de84c0c" * 4),
        ("npm token", "npm_" + RANDOM[:36]),
        ("PyPI token", "pypi-AgE" + (RANDOM * 3)[:100]),
        ("SendGrid key", "SG." + RANDOM[:22] + "." + RANDOM[:43].ljust(43, "z")),
        ("JSON web token", _token(b'{"alg":"HS256"}', b'{"role":"service_role"}', b"s" * 32)),
        ("password in an address", "mysql://shop:" + "hK3vbnq8" + "@sql.corp/x"),
        ("password in an address", "redis://shop:" + "hK3vbnq8" + "@redis.corp:6379"),
        ("password in an address", "postgres://shop:" + "hK3vbnq8" + "@db-1.corp/x"),
    ],
)  # fmt: skip
def test_the_shapes_of_issuers_are_known(kind: str, value: str) -> None:
    """Wherever they stand in a line, under whatever name."""
    (found,) = suspects(f'\nrequest("{value}")\n')
    assert (found.kind, found.line) == (kind, 2)
    assert value not in repr(found)


def test_a_private_key_is_found_by_its_body() -> None:
    """The header alone, as a parser of keys has it, is none."""
    header = "-----BEGIN RSA PRIVATE" + " KEY-----"
    (found,) = suspects(f"key = '''{header}\n{(RANDOM * 2)[:64]}\n'''")
    assert found.kind == "private key"
    assert suspects(f'if text.startswith("{header}"):') == ()


@pytest.mark.parametrize(
    "line",
    [
        'const token = "your-token-goes-here-1";',
        f'const publicKey = "{RANDOM}";',
        'password = "correct horse battery staple 9"',
        'String SECRET_KEY_ALGORITHM = "PBKDF2WithHmacSHA256";',
        'tokenUrl: "https://id.shop.org/v1/token9"',
        f'supabaseToken = "{_token(b"{}" * 9, b"{" + b"x" * 9 + b"anon" + b"}", b"s" * 32)[:9]}"',
        'apiKey = "${API_KEY_OF_PRODUCTION_2}"',
        'secret = "aaaaaaaaaaaaaaaaaaaaaaa1"',
        "AKIAIOSFODNN7" + "EXAMPLE",
        "postgres://app:" + "hK3vbnq8" + "@localhost/x",
        "postgres://app:" + "hK3vbnq8" + "@db:5432/x",
        f'sha = token("sha256-{RANDOM}")',
        'OAUTH2_PASSWORD_BEARER = "OAUTH2_PASSWORD_BEARER"',
        'SECRETS_TRANSFORM = "AWS::SecretsManager-2020-07-23"',
        "invalid_password: 'パスワードは少なくとも8文字必要です'",
    ],
)
def test_placeholders_and_what_is_public_are_left_out(line: str) -> None:
    """What nobody could use."""
    assert suspects(line) == ()


def test_a_token_that_is_meant_for_browsers_is_none() -> None:
    """Supabase's anonymous role is in every page of it."""
    anonymous = _token(b'{"alg":"HS256"}', b'{"role":"anon","ref":"shop"}', b"s" * 32)
    assert suspects(f'createClient(url, "{anonymous}")') == ()


@pytest.mark.parametrize(
    "text",
    [
        "token" * 200_000,
        'secret = "' + "a1" * 400_000,
        "credential='x' turn:a " * 20_000,
        ("-----BEGIN" + " " * 25 + "\n") * 20_000,
        "eyJ" + "a" * 300_000 + ".eyJ" * 50_000,
        "postgres://a:" * 50_000,
    ],
    ids=["names", "open", "turn", "begin", "jwt", "address"],
)
def test_no_text_takes_long(text: str) -> None:
    """A megabyte that is made to be slow is read in a few seconds of the processor."""
    begun = time.process_time()
    suspects(text)
    assert time.process_time() - begun < 10


def test_no_report_shows_a_secret(tmp_path: Path) -> None:
    """Neither in its own finding nor in the lines of another."""
    code = f'try:\n    a()\n    b()\nexcept Exception:\n    token = "{RANDOM}"\n    return None\n'
    code = "def f():\n" + "".join(f"    {one}\n" for one in code.splitlines())
    with audited(tmp_path, {"app.py": code}) as done:
        entries = tuple(entries_of(done, done.findings))
    assert "secret.hardcoded" in {one.finding.rule for one in entries}
    report = Report(name="x", entries=entries, files={}, size_bytes=0, skipped=(), errors={})
    for form in formats().values():
        assert RANDOM[:12] not in form.write(report, Severity.INFO)


def test_no_report_shows_a_secret_wherever_it_stands(tmp_path: Path) -> None:
    """Nor in names, in a proposed change, behind the fiftieth, or within the block of a key."""
    token, named, key = "ghp_" + RANDOM[:36], "glpat-" + RANDOM[:24], (RANDOM * 2)[:64]
    many = [f'const a{place} = "AKIA{place:02}{CAPITALS[:14]}";' for place in range(22, 78)]
    text = "\n".join(
        (
            'import * as Sentry from "@sentry/node";',
            *(one.replace("0", "A").replace("1", "B").replace("8", "C") for one in many),
            f'export async function pay() {{ try {{ await send("{named}"); }} catch (e) {{}} }}',
            f'bus.on("{token}", async () => {{ await send(1); }});',
            f'function thrown() {{ throw "{token}"; }}',
            f"const pem = `-----BEGIN RSA {'PRIVATE'} KEY-----",
            *[key] * 3,
            f"-----END RSA {'PRIVATE'} KEY-----`;",
            "export async function last() { try { await send(pem); } catch (e) {} }",
        )
    )
    with audited(tmp_path, {"src/a.ts": text, "package.json": '{"name": "a"}'}) as done:
        entries = entries_of(done, done.findings)
        report = Report(
            name="a",
            entries=tuple(entries),
            files=done.files,
            size_bytes=done.size_bytes,
            skipped=(),
            errors={},
        )
        for form in formats().values():
            said = form.write(report, Severity.INFO)
            assert [one for one in (token, named, key) if one in said] == [], form.name
    changes = [one.change.text for one in entries if one.change]
    assert any(named in one for one in changes)  # what `fix` writes is the code as it is


@pytest.mark.parametrize("with_snippets", [False, True])
def test_no_secret_is_uploaded(tmp_path: Path, with_snippets: bool) -> None:
    """Nor where the code gives names, in a comment that accepts, or as the password of an address
    that needs no protocol of its own."""
    token, password = "ghp_" + RANDOM[:36], "hK3vbnq8"
    code = "\n".join(
        (
            'const Sentry = require("@sentry/node"); const redis = require("redis");',
            f'const db = redis.createClient({{ url: "redis://shop:{password}@db:6379" }});',
            f"try {{ a() }} catch (e) {{ }} // audit-ignore: swallow.catch-empty -- it is {token}",
            f'Sentry.withMonitor("{token}", async () => {{ b(); }});',
            f"function {token}() {{ try {{ c() }} catch (e) {{ Sentry.captureException(e); }} }}",
            f'setInterval(async () => {{ await fetch("https://shop:{password}@pay.corp"); }}, 9);',
        )
    )
    manifest = f'{{"name": "{token}", "dependencies": {{"@sentry/node": "8", "redis": "4"}}}}'
    with audited(tmp_path, {"src/a.js": code, "package.json": manifest}) as done:
        report = Report(
            name="a",
            entries=tuple(judge(done, Wishes())),
            files=done.files,
            size_bytes=done.size_bytes,
            skipped=(),
            errors={},
        )
        version = Version(commit="a" * 40, committed_at=1.0)
        found = documents(
            done, report, version, project="x", projects={}, with_snippets=with_snippets
        )
    sent = found["x"]
    assert all((sent.jobs, sent.packages, sent.captures))
    assert "it is (a secret)" in {one.reason for one in sent.findings}
    said = repr(sent) + "".join(form.write(report, Severity.INFO) for form in formats().values())
    assert [one for one in (token, password) if one in said] == []
