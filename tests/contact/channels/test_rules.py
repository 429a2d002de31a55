"""Expected waits, and the way of an answer, by tables."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.channels.rules import Standing, choose_way, expected_wait, round_wait
from stoa.contact.channels.schemas import Way


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([], None),
        ([10, 20], None),
        ([8, 12, 18, 25, 90], (15, 25)),
        ([3, 3, 3, 3], (5, 5)),
        ([700, 800, 900, 1000], (900, 900)),
    ],
)
def test_expected_wait(seconds: list[float], expected: tuple[int, int] | None) -> None:
    wait = expected_wait(seconds)
    assert (wait and (wait.low_seconds, wait.high_seconds)) == expected


@given(st.lists(st.floats(0, 100_000), min_size=3, max_size=60))
def test_a_wait_is_a_range_within_what_happened(seconds: list[float]) -> None:
    wait = expected_wait(seconds)
    assert wait is not None
    assert 0 < wait.low_seconds <= wait.high_seconds <= round_wait(max(seconds))


# ---- which way an answer goes ----

INBOX, OTHER = UUID(int=1), UUID(int=2)
CHAT_WAY = Way(code="chat", inbox_id=None, sender="", name="", to="")
MAIL = Way(
    code="email", inbox_id=INBOX, sender="s@shop.example", name="Post", to="Ann@home.example"
)
MAIL_TOO = MAIL.model_copy(update={"to": "ann@work.example"})
SMS = Way(code="sms", inbox_id=OTHER, sender="+48221234567", name="SMS", to="+48600100200")


def closed(way: Way, reason: str = "address_dead") -> Way:
    return way.model_copy(update={"problem": reason})


@pytest.mark.parametrize(
    ("ways", "standing", "first", "why"),
    [
        # Whoever is at the counter is answered there, whatever they prefer and wrote by last.
        ([MAIL, CHAT_WAY], Standing(is_here=True), CHAT_WAY, "here"),
        ([MAIL, CHAT_WAY], Standing(is_here=True, last="email"), CHAT_WAY, "here"),
        ([MAIL, CHAT_WAY], Standing(is_here=True, preferred="email"), CHAT_WAY, "here"),
        # Else the way they wrote last.
        ([CHAT_WAY, MAIL, SMS], Standing(last="sms"), SMS, "last"),
        ([CHAT_WAY, MAIL, SMS], Standing(last="email", preferred="sms"), MAIL, "last"),
        ([MAIL_TOO, MAIL], Standing(last="email", email="ann@home.example"), MAIL, "last"),
        # Who has left the chat gets it as they prefer; who prefers nothing finds it in the chat.
        ([CHAT_WAY, MAIL, SMS], Standing(preferred="sms"), SMS, "left"),
        ([CHAT_WAY, MAIL, SMS], Standing(preferred="chat"), CHAT_WAY, "left"),
        ([CHAT_WAY, MAIL], Standing(), CHAT_WAY, "last"),
        ([CHAT_WAY, MAIL], Standing(preferred="sms"), CHAT_WAY, "last"),
        ([CHAT_WAY, closed(SMS)], Standing(preferred="sms"), CHAT_WAY, "last"),
        # Where that way is closed, the one they prefer, else one that is open.
        ([closed(MAIL), SMS], Standing(last="email", preferred="sms"), SMS, "closed"),
        ([closed(MAIL, "consent_withdrawn"), SMS], Standing(last="email"), SMS, "open"),
        ([closed(MAIL), CHAT_WAY, SMS], Standing(last="email", preferred="sms"), SMS, "closed"),
        (
            [closed(SMS, "window_closed"), MAIL],
            Standing(last="sms", preferred="call"),
            MAIL,
            "open",
        ),
        ([CHAT_WAY, MAIL], Standing(last="call"), CHAT_WAY, "open"),
        ([closed(MAIL), MAIL_TOO], Standing(last="email"), MAIL_TOO, "last"),
        # Nothing is open: the way they wrote last says why.
        ([closed(SMS), closed(MAIL)], Standing(last="email", preferred="sms"), closed(MAIL), None),
    ],
)
def test_chooses_the_way_of_an_answer_and_says_why(
    ways: list[Way], standing: Standing, first: Way, why: str | None
) -> None:
    view = choose_way(ways, standing)
    assert (view.ways[0].code, view.ways[0].to, view.why) == (first.code, first.to, why)
    assert sorted(way.to for way in view.ways) == sorted(way.to for way in ways)
    assert [way.code for way in view.ways if way.is_preferred] == [
        way.code for way in view.ways if way.code == standing.preferred
    ]


def test_offers_the_preferred_way_first_among_the_others_and_closed_ones_last() -> None:
    ways = [closed(MAIL_TOO), MAIL, CHAT_WAY, SMS]
    view = choose_way(ways, Standing(last="email", preferred="sms"))
    assert [(way.code, way.problem) for way in view.ways] == [
        ("email", None),
        ("sms", None),
        ("chat", None),
        ("email", "address_dead"),
    ]


@given(
    st.lists(st.sampled_from([CHAT_WAY, MAIL, SMS, closed(MAIL_TOO)]), unique_by=id),
    st.booleans(),
    st.sampled_from(["chat", "email", "sms", "call"]),
    st.sampled_from([None, "chat", "email", "sms", "call"]),
)
def test_never_begins_with_a_closed_way_while_one_is_open(
    ways: list[Way], is_here: bool, last: str, preferred: str | None
) -> None:
    view = choose_way(ways, Standing(is_here=is_here, last=last, preferred=preferred))
    assert len(view.ways) == len(ways)
    is_open = any(way.problem is None for way in ways)
    assert (view.why is not None) == is_open
    if is_open:
        assert view.ways[0].problem is None
