"""What of a checkout is read, whatever lies in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.audit.checkouts import audited, write
from vedette.audit.walk import MOST_BYTES, Skipped, Source, walk


def found(folder: Path) -> list[str]:
    """The paths that are read, manifests included."""
    return [one.path for one in walk(str(folder)) if isinstance(one, Source)]


def skipped(folder: Path) -> dict[str, str]:
    """What is not read, with why."""
    return {one.path: one.why for one in walk(str(folder)) if isinstance(one, Skipped)}


def test_what_others_wrote_or_tools_made_is_not_read(tmp_path: Path) -> None:
    """Dependencies, builds, caches and git's own folder are passed over."""
    away = ("node_modules/a/index.js", ".git/hooks/a.py", "dist/a.js", "vendor/a.php", ".next/a.js")
    write(tmp_path, dict.fromkeys(("src/a.ts", "package.json", *away), "{}"))
    assert found(tmp_path) == ["package.json", "src/a.ts"]


def test_what_git_ignores_is_not_read(tmp_path: Path) -> None:
    """Patterns of every folder's file hold, the last that matches decides."""
    write(
        tmp_path,
        {
            ".gitignore": "*.gen.js\n/only/\n!keep.gen.js\nlogs/**/a.py\n[unclosed\n",
            "sub/.gitignore": "local.py\n",
            **dict.fromkeys(("a.gen.js", "keep.gen.js", "only/a.py", "sub/only/a.py"), ""),
            **dict.fromkeys(("sub/local.py", "local.py", "logs/x/y/a.py"), ""),
        },
    )
    assert found(tmp_path) == ["keep.gen.js", "local.py", "sub/only/a.py"]


def test_links_that_lead_out_are_named_and_not_followed(tmp_path: Path) -> None:
    """A file or folder outside is never opened; a loop ends; a link within is met anyway."""
    outside = write(tmp_path / "outside", {"secret.py": "x = 1\n"})
    inside = write(tmp_path / "inside", {"src/a.py": "y = 1\n"})
    (inside / "out").symlink_to(outside)
    (inside / "out.py").symlink_to(outside / "secret.py")
    (inside / "src" / "loop").symlink_to(inside)
    (inside / "self").symlink_to(inside / "self")
    (inside / "twin.py").symlink_to(inside / "src" / "a.py")
    assert found(inside) == ["src/a.py"]
    assert skipped(inside) == {
        "out": "is a link that leads out of the folder",
        "out.py": "is a link that leads out of the folder",
        "self": "is a link to nothing, or to itself",
    }


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    """A pipe that nobody writes to would hold the audit up for ever."""
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / ".gitignore")
    write(tmp_path, {"a.py": ""})
    assert found(tmp_path) == ["a.py"]


def test_files_that_are_too_large_are_named(tmp_path: Path) -> None:
    """They are not read at all, not even in part."""
    with (tmp_path / "big.js").open("wb") as file:
        file.truncate(100_000_000)
    assert found(tmp_path) == []
    assert skipped(tmp_path) == {"big.js": f"has 100,000,000 bytes, more than {MOST_BYTES:,}"}


def test_names_cannot_speak_to_a_terminal(tmp_path: Path) -> None:
    """Escapes, bells, direction marks and bytes that are no text are shown by their numbers."""
    write(tmp_path, {"a\x1b[31m\x07.py": "", "b\u202e.py": ""})
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/c\xff.py"))).write_text("")
    assert found(tmp_path) == ["a\\x1b[31m\\x07.py", "b\\x202e.py", "c\\xdcff.py"]
    with audited(tmp_path, {}) as done:
        assert done.files["python"] == 3
        assert all(path.isprintable() for path in done.project.outlines)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list everything")
def test_folders_that_cannot_be_listed_are_named(tmp_path: Path) -> None:
    """The rest of the checkout is read all the same."""
    write(tmp_path, {"a.py": "", "closed/b.py": ""})
    (tmp_path / "closed").chmod(0)
    assert found(tmp_path) == ["a.py"]
    assert "closed" in skipped(tmp_path)
    (tmp_path / "closed").chmod(0o700)


def test_thousands_of_folders_within_each_other_end(tmp_path: Path) -> None:
    """Depth costs memory for the names on the way, not the stack."""
    inner = tmp_path
    for _ in range(400):
        inner = inner / "d"
        inner.mkdir()
    (inner / "a.py").write_text("")
    assert len(found(tmp_path)) == 1


def test_no_pattern_of_gitignore_takes_long(tmp_path: Path) -> None:
    """A row of stars ends at once, and means what git means by it."""
    patterns = ["*a" * 40 + "*b", "**/*a" * 3 + "*b", "a" + "/**" * 9, "*gen*ed.ts", "x*/**/y*z.ts"]
    files = ("a" * 200 + ".ts", "q/my.generated.ts", "xx/u/v/y1z.ts", "kept.ts")
    write(tmp_path, {**dict.fromkeys(files, ""), ".gitignore": "\n".join(patterns)})
    assert found(tmp_path) == ["a" * 200 + ".ts", "kept.ts"]
