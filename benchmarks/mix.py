"""The pipeline on a mix of real events: other languages, escapes, new strings, many projects.

Usage: python -m benchmarks.mix [EVENTS [PROJECTS]]
The events are those of TEST_FIXTURES (events and captures), else the project's own samples.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
import uuid
from pathlib import Path

from benchmarks import measure

_OWN = Path(__file__).parent.parent / "tests" / "samples"


def main(events: int, projects: int) -> None:
    """Digest them and print CPU per event and per step."""
    measure.machine()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        os.environ["VEDETTE_DATA"] = str(Path(folder).absolute() / "data")
        from vedette import django_setup
        from vedette.config import load

        config = load()
        config.spool_folder.mkdir(parents=True, exist_ok=True)
        django_setup.setup(config)
        django_setup.migrate()
        from benchmarks.spooling import plain
        from vedette.projects import first_run
        from vedette.projects.creation import create_project
        from vedette.projects.models import Project
        from vedette.roles.digester import build
        from vedette.roles.worker import Worker

        first_run.prepare()
        organization = Project.objects.select_related("organization").get(pk=1).organization
        ids = [create_project(organization, f"p{n}", platform="").pk for n in range(projects)]
        worker = Worker(config)
        worker.serve()
        digester = build(config)

        def drain() -> None:
            while digester.work_once():
                pass

        envelopes = [(ids[n % projects], body) for n, body in enumerate(_envelopes(events))]
        plain(config.spool_folder / "web-0", envelopes, len(envelopes))
        size = sum(len(body) for _, body in envelopes) / len(envelopes)
        drain()
        seconds = digester.processor.timings.seconds
        seconds.update(dict.fromkeys(seconds, 0.0))
        plain(config.spool_folder / "web-0", envelopes, events)
        cpu = time.process_time()
        drain()
        worker.store.flush()
        spent = (time.process_time() - cpu) / events
        measure.say("mean envelope", size, "bytes")
        measure.say("digest of a mix, CPU", spent * 1000, "ms per event")
        measure.say("digest of a mix, CPU", spent * 1000, "s per 1,000")
        for name, value in seconds.items():
            measure.say(f"  {name}", value / events * 1e6, "µs per event (wall)")
        sys.stdout.flush()
        digester.close()
        worker.store.close()


def _envelopes(most: int) -> list[bytes]:
    """Every real event there is, each once."""
    from vedette.wire.envelope import build_envelope

    found: list[bytes] = []
    default = Path(__file__).parent.parent.parent / "shared" / "fixtures"
    folder = Path(os.environ.get("TEST_FIXTURES") or default)
    for path in sorted((folder / "events").rglob("*.json")):
        data = path.read_bytes()
        if data[:1] == b"{" and len(data) < 1 << 20:
            item: tuple[dict[str, object], bytes] = ({"type": "event"}, data)
            found.append(build_envelope({"event_id": uuid.uuid4().hex}, [item]))
    for path in sorted((folder / "captures").glob("*.envelope")) or sorted(_OWN.glob("*.envelope")):
        found.append(path.read_bytes())
    return found[:most]


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 4000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 200,
    )
