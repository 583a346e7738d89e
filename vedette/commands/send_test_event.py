"""`vedette send-test-event`: one error through the real door, to see that all is connected."""

from __future__ import annotations

import argparse
import sys
import time
import uuid

from vedette import address, django_setup, invocation
from vedette.config import Config

NAME = "send-test-event"
HELP = "send one error and say where to see it"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("--dsn", help="default: the first project's")
    parser.add_argument("--listen", metavar="HOST:PORT", help="where the server runs")


def run(config: Config, options: argparse.Namespace) -> int:
    """Send it and print its id."""
    config = address.as_running(config)
    from vedette.demo.sending import Sender, SendError

    dsn = options.dsn or _first_dsn(config)
    if not dsn:
        make = invocation.line(config, "project", "create", "NAME")
        print(f"vedette: there is no project yet; make one with: {make}")
        return 1
    try:
        sent = Sender(dsn).send(_event())
    except SendError as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 1
    print(f"event {sent} was accepted; see it at {config.base_url}/issues/?query={sent}")
    return 0


def _first_dsn(config: Config) -> str:
    django_setup.setup(config)
    from vedette.projects.models import ProjectKey

    key = ProjectKey.objects.filter(is_active=True).order_by("project_id", "id").first()
    return key.dsn(f"http://{config.listen}") if key else ""


def _event() -> dict[str, object]:
    try:
        raise RuntimeError("This is a test event from vedette send-test-event")
    except RuntimeError as error:
        frame = error.__traceback__
        line = frame.tb_lineno if frame else 0
    return {
        "event_id": uuid.uuid4().hex,
        "timestamp": time.time(),
        "platform": "python",
        "level": "error",
        "environment": "test",
        "exception": {
            "values": [
                {
                    "type": "RuntimeError",
                    "value": "This is a test event from vedette send-test-event",
                    "stacktrace": {
                        "frames": [
                            {
                                "function": "_event",
                                "module": __name__,
                                "filename": "vedette/commands/send_test_event.py",
                                "lineno": line,
                                "context_line": "        raise RuntimeError(…)",
                                "in_app": True,
                            }
                        ]
                    },
                }
            ]
        },
    }
