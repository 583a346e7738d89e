"""Bitbucket Data Center: addresses such as https://git.example/projects/SHOP/repos/web."""

from urllib.parse import quote

from vedette.sources.providers import Home, Place, Provider


def _file(home: Home, place: Place) -> str:
    ref = place.ref if place.is_commit else f"refs/heads/{place.ref}"
    line = f"#{place.line}" if place.line else ""
    return f"{_base(home)}/browse/{place.path}?at={quote(ref, safe='%')}{line}"


def _base(home: Home) -> str:
    return home.url.removesuffix("/browse")


PROVIDER = Provider(
    label="Bitbucket Data Center",
    hosts=("bitbucket.",),
    path_words=("/projects/", "/repos/"),
    file=_file,
    commit=lambda home, key: f"{_base(home)}/commits/{key}",
)
