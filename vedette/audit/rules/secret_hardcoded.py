"""A password, token or key that is written into the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from vedette.audit.facts import FileFacts, Suspect
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ALL, Rule, Sample
from vedette.audit.secrets import suspects
from vedette.audit.standing import standing

ID = "secret.hardcoded"

_TEXT = re.compile(r"(^[ \t]*)?[rRuUbBfF]{0,2}(\"{3}|'{3}).*?\2", re.MULTILINE | re.DOTALL)
_SHOWS = re.compile(r"example|sample|template|dist$|defaults?$|test|README", re.IGNORECASE)
# What is no secret as it stands there, by its own word.
_NONE = re.compile(r"encrypted|obscured|dummy|bogus|fake", re.IGNORECASE)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Secrets in a file of code, but for tests and what is made for show."""
    if project.standing(facts.path) in ("test", "example", "generated"):
        return
    found = [one for one in facts.suspects if one.kind != "TURN credential"]
    if found and facts.language == "python":
        shown = _explained(project.text(facts.path))
        found = [one for one in found if one.line not in shown]
    yield from _said(facts.path, found)


def _explained(text: str) -> frozenset[int]:
    """The lines of texts that stand alone, which show how something is called."""
    lines: set[int] = set()
    first, place = 1, 0
    for one in _TEXT.finditer(text):
        first += text.count("\n", place, one.start())
        place = one.start()
        if one[1] is not None:  # else a value, not a docstring
            lines.update(range(first, first + one[0].count("\n") + 1))
    return frozenset(lines)


def find_in_manifests(project: Project) -> Iterator[Finding]:
    """Secrets in files that say how the project is built and run."""
    for path, text in project.manifests.items():
        name = path.rpartition("/")[2]
        if not _SHOWS.search(name) and standing(path) not in ("test", "example"):
            yield from _said(path, suspects(text, is_bare=name.startswith(".env")))


def _said(path: str, found: Iterable[Suspect]) -> Iterator[Finding]:
    """Each once, where it stands first: to replace it is one task."""
    told: set[str] = set()
    for one in found:
        if one.digest in told or _NONE.search(one.name):
            continue
        told.add(one.digest)
        article = "An" if one.kind.startswith(("A", "O", "n")) else "A"
        named = f" in `{one.name}`" if one.name else ""
        yield Finding(
            rule=ID,
            severity=Severity.URGENT,
            what=f"{article} {one.kind}{named} stands in the code: `{one.shown}`",
            path=path,
            line=one.line,
            last_line=one.line,
            column=one.column,
            subject=one.digest,
        )


# Put together here, so that nobody who looks for secrets takes samples for one.
_VALUE = "q7Rz2LmX9" + "vTb4KsW8nPd"

RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="A secret in the code",
    why="Whoever can read the repository, its history or what is built of it has the secret. It "
    "cannot be taken back by deleting the line.",
    advice="Revoke it, make a new one, and read it from the environment.",
    languages=ALL,
    of_file=find,
    of_project=find_in_manifests,
    everywhere=True,
    bad=(
        Sample(
            language="javascript",
            says="a token in a constant",
            files={"app.js": f'const apiToken = "{_VALUE}";\n'},
            lines=(1,),
        ),
        Sample(
            language="python",
            says="a key of a cloud, and one in a file of settings",
            files={
                "app.py": 'client = connect("AKIA' + 'Q3EGWZ7RM5TLKX2B")\n',
                ".env": f"SMTP_PASSWORD={_VALUE}\n",
            },
            lines=(1, 1),
        ),
        Sample(
            language="python",
            says="one that stands there twice",
            files={
                "app.py": f"first = {{'secret': '{_VALUE}'}}\nnext = {{'secret': '{_VALUE}'}}\n"
            },
            lines=(1,),
        ),
        Sample(
            language="go",
            says="a password in an address",
            files={
                "main.go": 'package main\n\nvar d = "postgres://app:' + 'hK3vbnq8@sql.corp/x"\n'
            },
            lines=(3,),
        ),
        Sample(
            language="java",
            says="a secret in a field",
            files={"A.java": f'class A {{\n  String clientSecret = "{_VALUE}";\n}}\n'},
            lines=(2,),
        ),
        Sample(
            language="php",
            says="a password in a list",
            files={"a.php": f"<?php\nreturn ['password' => '{_VALUE}'];\n"},
            lines=(2,),
        ),
        Sample(
            language="ruby",
            says="a key in a constant",
            files={"a.rb": f'API_KEY = "{_VALUE}"\n'},
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="placeholders, names, addresses, public keys, a DSN, the environment",
            files={
                "app.js": f"""
                    const token = process.env.API_TOKEN;
                    const apiKey = "your-api-key-here-123";
                    const tokenUrl = "https://id.shop.org/oauth2/v1/token";
                    const PASSWORD_FIELD = "user-password-2-field";
                    const publicKey = "{_VALUE}";
                    const dsn = "https://4f1c2ab39de84c0c@errors.shop.org/1";
                    const secretName = "{_VALUE}";
                """,
                ".env.example": f"SMTP_PASSWORD={_VALUE}\n",
            },
        ),
        Sample(
            language="python",
            says="in a docstring, and where the next page begins",
            files={
                "app.py": f"""
                    USAGE = '''
                    log_in
                    '''


                    def log_in(user, password):
                        '''Log in.

                        log_in('ann', password='{_VALUE}')
                        '''
                        return {{'next_page_token': '{_VALUE}'}}
                """
            },
        ),
        Sample(
            language="python",
            says="names of fields in words",
            files={
                "app.py": "FIELDS = [Field(api_key='edischarge1Today'), Field(api_key='bdc1DischargePower')]\n"
            },
        ),
        Sample(
            language="python",
            says="an address that shows how addresses are written",
            files={
                "app.py": "HELP = \"--db='mysql://bbuser:bb" + "passwd@dbhost/bbdb'\"\n",
            },
        ),
        Sample(
            language="python",
            says="a test",
            files={"tests/test_app.py": f'TOKEN = "{_VALUE}"\n'},
        ),
        Sample(
            language="go",
            says="what says that it is no secret as it stands there",
            files={
                "box.go": """
                    package box

                    const encryptedClientSecret = "sYbJYm99WB8jzeaLPU0OPDMJKIkZvD2qOn3SyEMfiJr0"
                    const dummyPassword = "_web_form_5847ed1b5b8ca"
                """,
            },
        ),
    ),
)
