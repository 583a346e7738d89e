"""Web addresses behind nginx: what a usual server does, and does wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.probing.looking import look, said
from tests.probing.servers.certificates import authority, make
from tests.probing.servers.nginx import nginx, processes
from tests.probing.servers.programs import go_on, stand_still
from vedette.probing.result import Outcome

PLACES = """
location = /api/health {
    default_type application/json;
    return 200 '{"status":"ok","websocket":"connected","sessions":3}';
}
location = /api/health/ready { return 503 '{"status":"starting"}'; }
location = /secure { return 301 @HERE@/api/health; }
location = /loop { return 302 /loop; }
location = /dropped { return 444; }
location = /limited { limit_rate 1k; try_files /large =404; }
location = /clients {
    if ($ssl_client_verify != SUCCESS) { return 403; }
    return 200 $ssl_client_s_dn;
}
location = /upstream { proxy_pass http://127.0.0.1:9; }
location = /private { auth_basic "shop"; auth_basic_user_file users; }
"""


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """In the open and with TLS."""
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "large").write_bytes(b"x" * (2 << 20))
    (folder / "users").write_text("alice:{PLAIN}correct horse\n")
    with nginx(folder, PLACES) as found:
        yield found


@pytest.fixture(scope="module")
def at(ports: tuple[int, int]) -> str:
    """The address in the open."""
    return f"http://127.0.0.1:{ports[0]}"


def test_a_health_document_is_read_with_and_without_tls(at: str, ports: tuple[int, int]) -> None:
    """Compressed as it comes."""
    found = look("health", url=f"{at}/api/health", capture=["sessions = $.sessions"])
    assert (said(found), found.captured) == ((Outcome.OK, ""), {"sessions": 3.0})
    url = f"https://127.0.0.1:{ports[1]}/api/health"
    found = look("health", url=url, authorities=authority().pem, conditions=["cert.days > 14"])
    assert said(found) == (Outcome.OK, "")


def test_a_redirect_to_tls_is_followed(at: str) -> None:
    """Phases of both requests are added up."""
    found = look("http", url=f"{at}/secure", authorities=authority().pem)
    assert said(found) == (Outcome.OK, "")
    assert found.facts["redirects"] == 1
    assert list(found.phases) == ["connect", "first_byte", "body", "tls"]


@pytest.mark.parametrize(
    ("path", "kind", "reason"),
    [
        ("/loop", "http", "redirect"),
        ("/dropped", "http", "reset"),
        ("/upstream", "http", "status"),
        ("/nothing", "http", "status"),
        ("/api/health/ready", "readiness", "not_ready"),
        ("/private", "third_party", "auth"),
    ],
)
def test_what_goes_wrong_has_its_reason(at: str, path: str, kind: str, reason: str) -> None:
    """As nginx says it."""
    assert look(kind, url=at + path).reason == reason


def test_credentials_open_what_is_private(at: str) -> None:
    """The right ones do, wrong ones do not."""
    good = look("http", url=f"{at}/private", user="alice", password="correct horse", method="HEAD")
    assert good.status != 401
    assert look("http", url=f"{at}/private", user="alice", password="wrong").status == 401


def test_a_body_that_drips_ends_with_the_deadline(at: str) -> None:
    """Whatever has come by then."""
    found = look("http", url=f"{at}/limited", seconds=0.5)
    assert said(found) == (Outcome.FAIL, "timeout")
    assert "first_byte" in found.phases


def test_a_client_certificate_is_taken(ports: tuple[int, int]) -> None:
    """What it is for is what the server sees."""
    ours = make("vedette", issuer=authority())
    url = f"https://127.0.0.1:{ports[1]}/clients"
    given = {"url": url, "authorities": authority().pem}
    conditions = ['body == "CN=vedette"']
    pem = {"certificate": ours.pem, "key": ours.key_pem}
    assert said(look("http", conditions=conditions, **given, **pem)) == (Outcome.OK, "")
    assert look("http", **given).status == 403


def test_a_server_that_stands_still_is_a_timeout(tmp_path: Path) -> None:
    """Stopped as by SIGSTOP, master and worker."""
    with nginx(tmp_path, PLACES) as (port, _):
        every = processes(tmp_path)
        stand_still(*every)
        found = look("http", seconds=0.3, url=f"http://127.0.0.1:{port}/api/health")
        go_on(*every)
        assert said(found) == (Outcome.FAIL, "timeout")
