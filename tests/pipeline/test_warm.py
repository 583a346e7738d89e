"""A digester that has warmed up is as quick with its first event as with the next."""

from __future__ import annotations

import subprocess
import sys

_FIRST_EVENT = """
import json
import sys
import ua_parser.loaders
from vedette import clock
from vedette.pipeline.context import Context
from vedette.pipeline.run import Processor
from vedette.pipeline.settings import ProjectSettings, Settings
from vedette.pipeline.warm import warm_up
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.segment import Record

warm_up(1 << 20)
known = set(sys.modules)

def refuse(*_):
    raise AssertionError("the first event waits for the tables of user agents")

ua_parser.loaders.load_builtins = ua_parser.loaders.load_lazy_builtins = refuse
settings = Settings("one", {1: ProjectSettings()}, frozenset())
context = Context(lambda version: None if version else settings, max_event_bytes=1 << 20)
context.refresh()
agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 " \\
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
event = {"request": {"headers": {"User-Agent": agent}}, "message": "hi"}
body = b'{}\\n{"type":"event"}\\n' + json.dumps(event).encode()
record = Record(0, 1, encode_meta(Meta(1, clock.timestamp())), body)
batch, failed = Processor(context, lambda data: "").process([record], "web")
assert not failed, failed
row = batch.tables["errors"][0]
print(row["browser_name"], row["os_name"], row["device"], sorted(set(sys.modules) - known))
"""


def test_the_first_event_finds_everything_built() -> None:
    """The tables of user agents alone take a tenth of a second; no module is loaded either."""
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_EVENT], capture_output=True, text=True, check=False
    )
    assert done.stdout == "Mobile Safari iOS iPhone []\n", done.stderr
