"""What frames call a file, compared with what repositories call it."""

from __future__ import annotations

import pytest

from vedette.sources.paths import below, frame_place, is_same_file, joined


@pytest.mark.parametrize(
    ("file", "path", "module", "names"),
    [
        ("shop/a.py", "/srv/app/shop/a.py", "shop.a", ("shop/a.py", "/srv/app/shop/a.py")),
        ("webpack://shop/./src/a.ts?1f", "", "", ("src/a.ts", "webpack://shop/./src/a.ts")),
        ("app:///src/a.ts", "", "", ("src/a.ts", "app:///src/a.ts")),
        ("./src/a.ts", "", "", ("src/a.ts", "./src/a.ts")),
        ("file:///srv/a/b.js", "", "", ("/srv/a/b.js", "file:///srv/a/b.js")),
        ("https://shop.example/a/b.js", "", "", ("https://shop.example/a/b.js",)),
        ("C:\\code\\shop\\A.cs", "", "", ("C:/code/shop/A.cs",)),
        ("Till.kt", "", "com.acme.Till$run$1", ("com/acme/Till.kt", "Till.kt")),
    ],
)
def test_a_frame_names_its_file_in_several_ways(
    file: str, path: str, module: str, names: tuple[str, ...]
) -> None:
    """What bundlers put before it is no part of it; what the web served is no file."""
    place = frame_place(file, path, module, 3)
    assert place is not None
    assert place.names == names


@pytest.mark.parametrize("file", ["", "<stdin>", "../secret.py", "a/../b.py"])
def test_what_is_no_file_has_no_place(file: str) -> None:
    """It can lead nowhere."""
    assert frame_place(file, "", "", 1) is None


@pytest.mark.parametrize(
    ("name", "path", "same"),
    [
        ("shop/a.py", "backend/shop/a.py", True),
        ("/srv/app/shop/a.py", "shop/a.py", True),
        ("main.py", "main.py", True),
        ("a.py", "shop/a.py", False),
        ("/srv/app/main.py", "main.py", False),
        ("other/a.py", "shop/a.py", False),
        ("shop/aa.py", "shop/a.py", False),
    ],
)
def test_one_path_is_the_end_of_the_other(name: str, path: str, same: bool) -> None:
    """A lone file name says too little: every folder has an `index.js`."""
    assert is_same_file(name, path) is same


@pytest.mark.parametrize(
    ("root", "path", "rest"),
    [
        ("", "shop/a.py", "shop/a.py"),
        ("", "/srv/a.py", None),
        ("", "https://shop.example/a.js", None),
        ("/srv/app/", "/srv/app/shop/a.py", "shop/a.py"),
        ("/srv/app", "/srv/app/shop/a.py", "shop/a.py"),
        ("/srv/app", "/srv/application/a.py", None),
        ("C:\\code", "C:/code/A.cs", "A.cs"),
    ],
)
def test_a_root_ends_at_a_folder(root: str, path: str, rest: str | None) -> None:
    """And none holds relative paths alone."""
    assert below(root, path) == rest


def test_a_source_root_is_a_folder_however_it_is_written() -> None:
    """With slashes around it or not."""
    assert [joined(root, "a.py") for root in ("", "/", ".", "b", "/b/", "./b")] == [
        *["a.py"] * 3,
        *["b/a.py"] * 3,
    ]
