"""Bitbucket Cloud."""

from vedette.sources.providers import Home, Place, Provider


def _file(home: Home, place: Place) -> str:
    line = f"#lines-{place.line}" if place.line else ""
    return f"{home.url}/src/{place.ref}/{place.path}{line}"


PROVIDER = Provider(
    label="Bitbucket",
    hosts=("bitbucket.org",),
    file=_file,
    commit=lambda home, key: f"{home.url}/commits/{key}",
)
