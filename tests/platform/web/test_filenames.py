"""Names of files from anywhere become names that every system can write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.platform.web.filenames import NAME_MAX, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Rechnung.pdf", "Rechnung.pdf"),
        ("Żółć – 1.png", "Żółć – 1.png"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\x00b:c?.txt", "a_b_c_.txt"),
        (" . ", "file"),
        ("", "file"),
    ],
)
def test_makes_a_name_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_never_leaves_its_folder(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= NAME_MAX
    assert not set(safe) & set('/\\\0')
    assert safe not in (".", "..")
