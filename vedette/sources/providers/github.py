"""GitHub and GitHub Enterprise."""

from vedette.sources.providers import Home, Place, Provider


def _file(home: Home, place: Place) -> str:
    line = f"#L{place.line}" if place.line else ""
    return f"{home.url}/blob/{place.ref}/{place.path}{line}"


PROVIDER = Provider(
    label="GitHub",
    hosts=("github",),
    file=_file,
    commit=lambda home, key: f"{home.url}/commit/{key}",
)
