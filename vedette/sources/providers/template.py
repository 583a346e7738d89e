"""Any other host: the repository says itself how its addresses look.

`{url}` is the repository's address, `{path}`, `{line}` and `{ref}` are the file's; a commit's
address has `{ref}`.
"""

from vedette.sources.providers import Home, Place, Provider


def _file(home: Home, place: Place) -> str:
    parts = {"path": place.path, "line": str(place.line or 1), "ref": place.ref}
    return _filled(home.template, home, parts)


def _commit(home: Home, key: str) -> str:
    return _filled(home.commit_template, home, {"ref": key})


def _filled(template: str, home: Home, parts: dict[str, str]) -> str:
    made = template.replace("{url}", home.url)
    for name, value in parts.items():
        made = made.replace(f"{{{name}}}", value)
    return made


PROVIDER = Provider(label="Own template", has_templates=True, file=_file, commit=_commit)
