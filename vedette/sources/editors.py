"""Opening a frame's file in the editor of whoever looks at it, on their own machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from vedette.accounts.models import User
from vedette.projects.models import Project
from vedette.sources.models import EditorChoice, LocalRoot
from vedette.sources.paths import is_outside

OWN = "own"
# Schemes that editors register. No other becomes a link: what is opened must be an editor.
SCHEMES = (
    *("vscode", "vscode-insiders", "vscodium", "cursor", "windsurf", "zed", "subl", "txmt"),
    *("mvim", "nvim", "emacs", "atom", "nova", "bbedit", "jetbrains", "idea", "pycharm"),
    *("webstorm", "phpstorm", "goland", "rubymine", "clion", "rider", "rustrover"),
)
_SCHEME = re.compile(rf"(?:{'|'.join(SCHEMES)})://[!-~]*\Z")
_ABSOLUTE = re.compile(r"(?:/|[A-Za-z]:[\\/])[^\x00-\x1f\x7f]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """An editor and the address that opens a line of a file in it."""

    label: str
    template: str


EDITORS = {
    "vscode": Editor(label="VS Code", template="vscode://file{path}:{line}"),
    "cursor": Editor(label="Cursor", template="cursor://file{path}:{line}"),
    "zed": Editor(label="Zed", template="zed://file{path}:{line}"),
    "idea": Editor(label="IntelliJ IDEA", template="idea://open?file={path}&line={line}"),
    "pycharm": Editor(label="PyCharm", template="pycharm://open?file={path}&line={line}"),
    "webstorm": Editor(label="WebStorm", template="webstorm://open?file={path}&line={line}"),
    "phpstorm": Editor(label="PhpStorm", template="phpstorm://open?file={path}&line={line}"),
    "goland": Editor(label="GoLand", template="goland://open?file={path}&line={line}"),
    "sublime": Editor(label="Sublime Text", template="subl://open?url=file://{path}&line={line}"),
    "textmate": Editor(label="TextMate", template="txmt://open?url=file://{path}&line={line}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFiles:
    """A person's editor and where they keep a project's files."""

    label: str
    template: str
    root: str

    def link(self, path: str, line: int | None) -> str:
        """The address that opens a file of the repository; empty for a path that leads out."""
        if is_outside(path) or path.startswith("/"):
            return ""
        whole = self.root.replace("\\", "/").rstrip("/") + "/" + path
        whole = whole if whole.startswith("/") else f"/{whole}"
        made = self.template.replace("{path}", quote(whole, safe="/:"))
        return made.replace("{line}", str(line or 1))


def local_files(user: User, project: Project) -> LocalFiles | None:
    """How this person opens the project's files; None unless they said both things."""
    root = LocalRoot.objects.filter(user=user, project=project).first()
    choice = EditorChoice.objects.filter(user=user).first() if root else None
    if root is None or choice is None:
        return None
    known = EDITORS.get(choice.editor)
    template = known.template if known else choice.template
    if not is_editor_template(template):
        return None
    label = known.label if known else "your editor"
    return LocalFiles(label=label, template=template, root=root.path)


def is_editor_template(text: str) -> bool:
    """Whether an address opens an editor, and names the file."""
    return bool(_SCHEME.match(text)) and "{path}" in text and len(text) <= 500


def is_local_root(text: str) -> bool:
    """Whether a path is absolute on some system and stays where it is."""
    return bool(_ABSOLUTE.match(text)) and not is_outside(text.replace("\\", "/").rstrip("/"))
