"""`vedette audit PATH`: name the errors in a checkout that nobody would hear of."""

from __future__ import annotations

import argparse
import sys
import traceback
from pathlib import Path

from vedette.config import Config

NAME = "audit"
HELP = "name the errors in a checkout that nobody would hear of"

_SEVERITIES = ("info", "routine", "important", "urgent")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What is audited, how it is told, and what makes the command fail."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="PATH",
        help="the folder; nothing of it is run or changed. `fix PATH` writes the changes that are "
        "safe, `baseline write PATH` the file of what is known",
    )
    parser.add_argument("--format", default="markdown", help="markdown, json, sarif, …")
    parser.add_argument("--output", type=Path, help="write the report there instead of showing it")
    parser.add_argument("--least", choices=_SEVERITIES, help="the lowest severity that is told")
    parser.add_argument(
        "--fail-on",
        choices=(*_SEVERITIES, "never"),
        default="urgent",
        help="status 1 if something is found at or above this (urgent)",
    )
    parser.add_argument(
        "--include-nonproduct", action="store_true", help="tests, scripts and examples, too"
    )
    parser.add_argument("--baseline", type=Path, help="tell only what is not in this file")
    parser.add_argument(
        "--new-only", action="store_true", help="the same, with .audit-baseline.json in the folder"
    )
    parser.add_argument("--rule", metavar="RULE", help="with fix: the changes of this rule alone")
    parser.add_argument(
        "--diff", action="store_true", help="with fix: show every change as a diff, write nothing"
    )
    parser.add_argument("--since", metavar="REF", help="tell only what has changed since a commit")
    parser.add_argument("--no-cache", action="store_true", help="neither use nor fill the cache")
    parser.add_argument("--explain", metavar="RULE", help="say what a rule means, and end")
    _upload_arguments(parser)
    parser.add_argument("--rules", action="store_true", help="list the rules, and end")


def _upload_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the audit is sent to, and as what."""
    parser.add_argument(
        "--upload",
        action="store_true",
        help="send the findings to a server, without source; the token stands in SENTRY_AUTH_TOKEN",
    )
    parser.add_argument("--url", help="the server; else SENTRY_URL or .sentryclirc")
    parser.add_argument("--org", help="the organisation; else SENTRY_ORG or the token's only one")
    parser.add_argument("--project", help="the project there; else SENTRY_PROJECT or audit.toml")
    parser.add_argument("--commit", help="the commit that is audited; else what git says")
    parser.add_argument("--release", help="the release that the commit is in")
    parser.add_argument("--with-snippets", action="store_true", help="send lines of source, too")


def run(config: Config, options: argparse.Namespace) -> int:
    """0: nothing to fail on; 1: something; 2: asked wrongly; 3: the audit itself failed."""
    try:
        from vedette.audit import asked
        from vedette.audit.errors import AuditError, Stuck
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("tree_sitter"):
            raise
        print("vedette: the parsers are missing: pip install 'vedette[audit]'", file=sys.stderr)
        return 2
    if options.rules:
        print("\n".join(asked.table()))
        return 0
    try:
        return asked.explain(options.explain) if options.explain else asked.run(options)
    except Stuck as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 3
    except (AuditError, OSError) as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 2
    except Exception:  # 1 means that something was found: a crash must not look like it
        traceback.print_exc()
        return 3
