import pytest

from stoa.contact.channels.email.reading.colours import is_vivid


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ("red", True),
        ("#C00000", True),
        ("#00f", True),
        ("rgb(0, 112, 192)", True),
        (" Blue ", True),
        ("#1F497D", False),  # Outlook writes all replies in it
        ("#1c1b19", False),  # we do
        ("#1F5673", False),
        ("#808080", False),
        ("black", False),
        ("rgb(34,34,34)", False),
        ("inherit", False),
        ("#12", False),
        ("rgb(999,0,0)", True),
        ("", False),
    ],
)
def test_knows_a_colour_that_is_meant_to_be_seen(colour: str, expected: bool) -> None:
    assert is_vivid(colour) is expected
