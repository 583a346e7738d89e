"""Unmodified sentry-cli, both majors, reports releases."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.product import Product
from tests.flow.test_javascript_sdks import MODULES, needs_node

Cli = Callable[..., str]
BINARIES = {
    "sentry-cli 3": MODULES / "@sentry" / "cli-linux-x64" / "bin" / "sentry-cli",
    "sentry-cli 2": MODULES / "@sentry" / "cli2-linux-x64" / "bin" / "sentry-cli",
}
pytestmark = [needs_node, pytest.mark.sdk]


@pytest.fixture(params=BINARIES)
def cli(
    request: pytest.FixtureRequest, product: Product, project: dict[str, str], tmp_path: Path
) -> Cli:
    """Run a command in a small repository, with nothing but a token and a project."""
    binary = BINARIES[request.param]
    if not binary.is_file():
        pytest.skip(f"{request.param} is not installed")
    _make_repository(tmp_path)

    def run(*arguments: str, status: int = 0, **environment: str) -> str:
        done = subprocess.run(
            [binary, *arguments],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "SENTRY_AUTH_TOKEN": product.token(),
                "SENTRY_PROJECT": project["project"],
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_the_token_says_where_and_for_whom_it_is(
    product: Product, project: dict[str, str], cli: Cli
) -> None:
    """No address and no organisation are configured: both are read from the token."""
    assert product.base in cli("info", "--no-defaults")
    assert project["project"] in cli("projects", "list")
    assert project["organization"] in cli("organizations", "list")


def test_a_release_goes_through_its_life(
    product: Product, project: dict[str, str], cli: Cli
) -> None:
    """Made, given commits, deployed, finalized, archived, restored, and deleted."""
    version = f"{project['project']}@1.0.0+7"
    cli("releases", "new", version, "--url", "https://x.example/r")
    cli("releases", "set-commits", version, "--local")
    cli("releases", "set-commits", version, "--auto")
    cli("releases", "deploys", version, "new", "-e", "production", "-n", "first")
    cli("releases", "finalize", version)
    about = f"organizations/{project['organization']}/releases/{version}/"
    release = product.api(about)
    assert (release["url"], release["commitCount"]) == ("https://x.example/r", 2)
    assert release["dateReleased"] is not None
    assert release["lastDeploy"]["environment"] == "production"
    commits = product.api(f"{about}commits/")
    assert [one["message"].splitlines()[0] for one in commits] == ["Charge once", "Add the till"]
    assert commits[0]["author"] == {"name": "Ann", "email": "ann@example.com"}
    files = product.api(f"{about}commitfiles/")
    assert {(one["filename"], one["type"]) for one in files} >= {("till.py", "M"), ("b.py", "A")}
    assert version in cli("releases", "list")
    assert commits[0]["id"] in cli("releases", "info", version, "--show-commits")
    assert "production" in cli("releases", "deploys", version, "list")
    cli("releases", "archive", version)
    assert product.api(about)["status"] == "archived"
    cli("releases", "restore", version)
    assert product.api(about)["status"] == "open"
    cli("releases", "delete", version)
    cli("releases", "info", version, status=1)


def test_the_next_release_has_the_commits_since_the_last(
    product: Product, project: dict[str, str], cli: Cli, tmp_path: Path
) -> None:
    """The release before is found, and the history is cut at its newest commit."""
    first, second = f"{project['project']}@1.0", f"{project['project']}@1.1"
    cli("releases", "new", first)
    cli("releases", "set-commits", first, "--auto")
    _commit(tmp_path, "Refund twice", "refund.py")
    cli("releases", "new", second)
    cli("releases", "set-commits", second, "--auto")
    about = f"organizations/{project['organization']}/releases/{second}/"
    commits = product.api(f"{about}commits/")
    assert [one["message"].strip() for one in commits] == ["Refund twice"]


def test_a_repository_with_an_address_still_gets_its_commits(
    product: Product, project: dict[str, str], cli: Cli, tmp_path: Path
) -> None:
    """The cli lists it, and goes on sending commits with their files instead of a hash alone."""
    name, version = f"{project['project']}/till", f"{project['project']}@2.0"
    address = f"https://github.com/{name}"
    _git(tmp_path, "remote", "add", "origin", f"{address}.git")
    repositories = f"organizations/{project['organization']}/repos/"
    made = product.change("POST", repositories, {"name": name, "url": address})
    assert made["provider"]["name"] == "GitHub"
    assert name in cli("repos", "list")
    cli("releases", "new", version)
    cli("releases", "set-commits", version, "--auto", SENTRY_VCS_REMOTE=f"{address}.git")
    about = f"organizations/{project['organization']}/releases/{version}/"
    assert {one["filename"] for one in product.api(f"{about}commitfiles/")} >= {"till.py", "b.py"}
    commits = product.api(f"{repositories}{made['id']}/commits/")
    assert len(commits) == 2


def test_code_mappings_are_uploaded(
    product: Product, project: dict[str, str], cli: Cli, tmp_path: Path
) -> None:
    """By the version 3 of the cli, which knows them, from a file of the repository."""
    if "code-mappings" not in cli("--help"):
        pytest.skip("this version knows no code mappings")
    name = f"{project['project']}/till"
    product.change("POST", f"organizations/{project['organization']}/repos/", {"name": name})
    (tmp_path / "mappings.json").write_text('[{"stackRoot": "/srv/", "sourceRoot": "src/"}]')
    upload = (
        "code-mappings",
        "upload",
        "mappings.json",
        "--repo",
        name,
        "--default-branch",
        "next",
    )
    cli(*upload, SENTRY_AUTH_TOKEN=product.admin_token())
    about = f"organizations/{project['organization']}/code-mappings/?project={project['project']}"
    (held,) = product.api(about)
    assert (held["stackRoot"], held["sourceRoot"]) == ("/srv/", "src/")
    assert (held["repoName"], held["defaultBranch"]) == (name, "next")


def _make_repository(folder: Path) -> None:
    _git(folder, "init", "-q", "-b", "main", ".")
    _commit(folder, "Add the till", "till.py")
    (folder / "b.py").write_text("b\n")
    _commit(folder, "Charge once\n\nNot twice.", "till.py")


def _commit(folder: Path, message: str, name: str) -> None:
    with (folder / name).open("a") as file:
        file.write(f"{message}\n")
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", message)


def _git(folder: Path, *arguments: str) -> None:
    who = {"GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.com"}
    who |= {"GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.com"}
    environment = {**os.environ, **who, "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True)
