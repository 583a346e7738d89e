"""Gitea and Forgejo."""

from vedette.sources.providers import Home, Place, Provider


def _file(home: Home, place: Place) -> str:
    kind = "commit" if place.is_commit else "branch"
    line = f"#L{place.line}" if place.line else ""
    return f"{home.url}/src/{kind}/{place.ref}/{place.path}{line}"


PROVIDER = Provider(
    label="Gitea or Forgejo",
    hosts=("gitea", "forgejo", "codeberg"),
    file=_file,
    commit=lambda home, key: f"{home.url}/commit/{key}",
)
