"""Addresses of files and commits, as each host of repositories has them."""

from __future__ import annotations

from typing import Any

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HOSTS = [
    (
        "https://github.com/acme/shop",
        f"https://github.com/acme/shop/blob/{COMMIT}/src/a%20b.py#L7",
        f"https://github.com/acme/shop/commit/{COMMIT}",
        "https://github.com/acme/shop/blob/next/2/src/a%20b.py#L7",
    ),
    (
        "https://gitlab.acme.example/group/sub/shop",
        f"https://gitlab.acme.example/group/sub/shop/-/blob/{COMMIT}/src/a%20b.py#L7",
        f"https://gitlab.acme.example/group/sub/shop/-/commit/{COMMIT}",
        "https://gitlab.acme.example/group/sub/shop/-/blob/next/2/src/a%20b.py#L7",
    ),
    (
        "https://bitbucket.org/acme/shop",
        f"https://bitbucket.org/acme/shop/src/{COMMIT}/src/a%20b.py#lines-7",
        f"https://bitbucket.org/acme/shop/commits/{COMMIT}",
        "https://bitbucket.org/acme/shop/src/next/2/src/a%20b.py#lines-7",
    ),
    (
        "https://git.acme.example/projects/SHOP/repos/web",
        f"https://git.acme.example/projects/SHOP/repos/web/browse/src/a%20b.py?at={COMMIT}#7",
        f"https://git.acme.example/projects/SHOP/repos/web/commits/{COMMIT}",
        "https://git.acme.example/projects/SHOP/repos/web/browse/src/a%20b.py"
        "?at=refs%2Fheads%2Fnext%2F2#7",
    ),
    (
        "https://codeberg.org/acme/shop",
        f"https://codeberg.org/acme/shop/src/commit/{COMMIT}/src/a%20b.py#L7",
        f"https://codeberg.org/acme/shop/commit/{COMMIT}",
        "https://codeberg.org/acme/shop/src/branch/next/2/src/a%20b.py#L7",
    ),
]


def _repository(url: str, **fields: Any) -> Any:
    from vedette.releases.models import Repository
    from vedette.sources.providers import guess_provider

    return Repository(name="acme/shop", url=url, **{"provider": guess_provider(url), **fields})


@pytest.mark.parametrize(("url", "file", "commit", "branch"), HOSTS)
def test_each_host_has_its_own_addresses(url: str, file: str, commit: str, branch: str) -> None:
    """Of a line at a commit, of a commit, and of a line on a branch."""
    from vedette.sources.links import commit_address, file_address

    held = _repository(url)
    assert file_address(held, "src/a b.py", line=7, ref=COMMIT) == file
    assert commit_address(held, COMMIT) == commit
    assert file_address(held, "src/a b.py", line=7, ref="next/2") == branch


def test_an_own_template_is_filled_in() -> None:
    """With the address, the path, the line and the commit; a commit's has a template, too."""
    from vedette.sources.links import commit_address, file_address

    held = _repository(
        "https://cgit.example/shop",
        provider="template",
        template="{url}/tree/{path}?id={ref}#n{line}",
        commit_template="{url}/commit/?id={ref}",
    )
    address = file_address(held, "a/{line}.py", line=None, ref="main")
    assert address == "https://cgit.example/shop/tree/a/%7Bline%7D.py?id=main#n1"
    assert commit_address(held, COMMIT) == f"https://cgit.example/shop/commit/?id={COMMIT}"


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert(1)//{path}",
        "data:text/html,{path}",
        "//evil.example/{path}",
        "https://user:secret@git.example/{path}",
        "https://git.example/\"onmouseover='x'{path}",
        "{path}",
    ],
)
def test_only_the_web_becomes_a_link(template: str) -> None:
    """Whatever a template says, there is no link but to http and https."""
    from vedette.sources.links import file_address

    held = _repository("https://git.example/shop", provider="template", template=template)
    assert file_address(held, "a.py", line=1, ref="main") == ""


@pytest.mark.parametrize("path", ["../../settings", "a/../../b", "src/", "<frozen>"])
def test_no_link_leads_out_of_the_repository(path: str) -> None:
    """A path with `..` would lead to another page of the host."""
    from vedette.sources.links import commit_address, file_address

    held = _repository("https://github.com/acme/shop")
    assert file_address(held, path, line=1, ref="main") == ""
    assert file_address(held, "a.py", line=1, ref="") == ""
    assert commit_address(held, "../../evil") == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop"),
        ("ssh://git@git.example/acme/shop.git", "https://git.example/acme/shop"),
        ("https://github.com/acme/shop.git/", "https://github.com/acme/shop"),
        ("http://localhost:3000/a/b", "http://localhost:3000/a/b"),
        ("", ""),
    ],
)
def test_what_git_says_is_an_address(typed: str, kept: str) -> None:
    """A remote may be pasted as `git remote -v` prints it."""
    from vedette.sources.addresses import repository_address

    assert repository_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "ftp://git.example/a", "https://", "https://a b/c", "shop",
     "https://git.example/a?b=c", "https://me:pw@git.example/a", "https://git.example:x/a"],
)  # fmt: skip
def test_anything_else_is_refused(typed: str) -> None:
    """In words, when it is typed."""
    from vedette.sources.addresses import NotAnAddress, repository_address

    with pytest.raises(NotAnAddress, match="such as"):
        repository_address(typed)


def test_the_address_tells_the_host_where_it_can() -> None:
    """An unknown host has to be chosen."""
    from vedette.sources.providers import guess_provider

    assert guess_provider("https://github.acme.example/a/b") == "github"
    assert guess_provider("https://bitbucket.acme.example/projects/A/repos/b") == "bitbucket_server"
    assert guess_provider("https://git.example/a/b") == ""
