"""`vedette demo`: fill demo projects with weeks of lively data, and take them away again."""

from __future__ import annotations

import argparse
import random
import sys
from typing import Any

from vedette import address, clock, django_setup
from vedette.config import Config

NAME = "demo"
HELP = "fill demo projects through the running server, or remove them"


def arguments(parser: argparse.ArgumentParser) -> None:
    """How much, or away with it."""
    parser.add_argument("--remove", action="store_true", help="remove the demo projects again")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="how much data; 1 is ~4,500 events"
    )
    parser.add_argument("--listen", metavar="HOST:PORT", help="where the server runs")


def run(config: Config, options: argparse.Namespace) -> int:
    """Send through the door, so that everything is as an SDK would have sent it."""
    config = address.as_running(config)
    django_setup.setup(config)
    from vedette.accounts.models import Organization
    from vedette.demo import filters, maps, native, quotas, replays, traces
    from vedette.demo.alerts import make_rules
    from vedette.demo.audits import make_audits
    from vedette.demo.dashboards import make_dashboard, remove_dashboard
    from vedette.demo.jobs import make_jobs
    from vedette.demo.releases import remove_releases, report_releases
    from vedette.demo.sending import SendError, check, post_all, send_all
    from vedette.demo.services import SERVICES, WEB
    from vedette.demo.status_pages import make_status_page, remove_status_page
    from vedette.demo.trackers import link_busiest, remove_tracker
    from vedette.projects import first_run
    from vedette.projects.creation import create_project
    from vedette.projects.models import Project
    from vedette.projects.removal import remove_project

    if options.remove:
        found = list(Project.objects.filter(is_demo=True))
        for project in found:
            remove_project(project)
        remove_releases()
        remove_tracker()
        remove_dashboard()
        remove_status_page()
        print(f"{len(found)} demo projects removed; their events are deleted in the background")
        return 0
    try:
        check(config.listen)
    except SendError as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 1
    first_run.prepare()
    organization = Organization.objects.order_by("id").first()
    assert organization is not None, "first_run.prepare() makes one"
    total = 0
    projects = []
    for name, platform in [(one.name, one.platform) for one in SERVICES] + [native.PROGRAM]:
        held = Project.objects.filter(organization=organization, name=name, is_demo=True)
        project = held.first() or create_project(organization, name, platform, is_demo=True)
        projects.append(project)
    make_rules(projects)
    make_dashboard(organization, projects)
    filters.set_filters(projects[SERVICES.index(WEB)])
    kiosk = projects.pop()
    report_releases(organization, projects)
    make_audits(projects, clock.timestamp())
    maps.upload_build(projects[SERVICES.index(WEB)])
    native.upload_symbols(kiosk)
    spans = traces.envelopes(clock.timestamp(), random.Random(), options.scale)
    for service, project in zip(SERVICES, projects, strict=True):
        dsn = project.keys.order_by("id")[0].dsn(f"http://{config.listen}")
        try:
            more = list(maps.events()) if service is WEB else []
            count = send_all(dsn, [*_events(service, options.scale), *more])
            post_all(dsn, [*_sessions(service, options.scale), *spans[service.name]])
        except SendError as error:
            print(f"vedette: {error}", file=sys.stderr)
            return 1
        total += count
        if service is WEB:
            quotas.set_budgets(project, count)
        print(f"  {service.name}: {count} events")
    dsn = kiosk.keys.order_by("id")[0].dsn(f"http://{config.listen}")
    try:
        total += send_all(dsn, list(native.events()))
        web = projects[SERVICES.index(WEB)].keys.order_by("id")[0].dsn(f"http://{config.listen}")
        send_all(web, list(filters.noise(clock.timestamp(), random.Random())))
        post_all(web, list(replays.envelopes(clock.timestamp(), random.Random(), options.scale)))
    except SendError as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 1
    dsn = projects[0].keys.order_by("id")[0].dsn(f"http://{config.listen}")
    post_all(dsn, make_jobs(projects[0], clock.timestamp()))
    make_status_page(organization, projects[0])
    link_busiest(projects[0])
    print(f"{total} events sent; open {config.base_url}/issues/")
    return 0


def _events(service: Any, scale: float) -> list[dict[str, Any]]:
    from vedette.demo import traffic

    rng = random.Random(service.name)
    now = clock.timestamp()
    timeline = sorted(
        (
            (at, number)
            for number, bug in enumerate(service.bugs)
            for at in traffic.moments(bug, now, rng, scale)
        )
    )
    own = random.Random()
    return [traffic.event(service, service.bugs[number], at, own) for at, number in timeline]


def _sessions(service: Any, scale: float) -> list[bytes]:
    from vedette.demo import sessions

    return list(sessions.envelopes(service, clock.timestamp(), random.Random(), scale))
