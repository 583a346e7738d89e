"""What a file is to its product, by the names on its way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.checkouts import audited
from vedette.audit.standing import standing


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("state/servicetest/quotas.go", True),
        ("asserts/systestkeys/trusted.go", True),
        ("oci/fuzzer.go", True),
        ("webhook/testcerts/certs.go", True),
        ("api/latest/types.go", False),
        ("sign/attest/sign.go", False),
        ("host.tests.robots/src/main/java/A.java", True),
        ("host-tests/src/main/java/A.java", True),
        ("host.contests/src/main/java/A.java", False),
    ],
)
def test_packages_for_tests_are_known_by_their_names(path: str, is_test: bool) -> None:
    """By the habits of Go and Java, `httptest`, `core-tests`; other words end so, too."""
    assert standing(path) == ("test" if is_test else "product")


def test_what_others_wrote_and_tests_of_php_are_no_product(tmp_path: Path) -> None:
    """By the usual names of folders, in any writing."""
    text = "<?php\n@mail($a, $b, $c);\n"
    files = dict.fromkeys(("lib/3rdParty/a.php", "lib/App/Test/b.php", "lib/App/c.php"), text)
    with audited(tmp_path, files) as done:
        assert [one.path for one in done.findings] == ["lib/App/c.php"]
