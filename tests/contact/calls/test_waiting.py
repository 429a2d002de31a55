"""Who waits is welcomed once, told of their place as it changes, and offered to be called back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.calls.prompts.lines import Line, Prompt
from stoa.contact.calls.prompts.waiting import Heard, Waiting, next_turn

BEGIN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
THIRD = Waiting(position=3, wait_seconds=200, since=BEGIN, is_callback_possible=True)
MUSIC = Line(Prompt.MUSIC)
PLACE = (Line(Prompt.POSITION, 3), Line(Prompt.WAIT, 4))


def after(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def begun() -> Heard:
    turn = next_turn(Heard(), THIRD, at=BEGIN, is_silent=True)
    assert turn is not None
    return turn.heard


def test_first_comes_a_welcome_then_the_place_then_music() -> None:
    turn = next_turn(Heard(), THIRD, at=BEGIN, is_silent=True)
    assert turn is not None
    assert turn.lines == (Line(Prompt.WELCOME), *PLACE, MUSIC)


def test_a_wait_that_nobody_can_tell_is_not_told() -> None:
    turn = next_turn(
        Heard(), replace(THIRD, position=1, wait_seconds=None), at=BEGIN, is_silent=True
    )
    assert turn is not None
    assert turn.lines == (Line(Prompt.WELCOME), Line(Prompt.NEXT), MUSIC)


def test_with_nobody_there_no_place_is_promised() -> None:
    alone = replace(THIRD, is_attended=False)
    turn = next_turn(Heard(), alone, at=BEGIN, is_silent=True)
    assert turn is not None
    assert turn.lines == (Line(Prompt.NOBODY), MUSIC), "no welcome: nobody comes in a moment"
    again = next_turn(turn.heard, alone, at=after(120), is_silent=True)
    assert again is not None
    assert again.lines == (Line(Prompt.NOBODY), MUSIC), "nobody is talking to other customers"


def test_that_the_last_one_left_or_somebody_came_is_told_soon() -> None:
    alone = replace(THIRD, is_attended=False)
    assert next_turn(begun(), alone, at=after(4), is_silent=False) is None, "a desk reloads"
    left = next_turn(begun(), alone, at=after(12), is_silent=False)
    assert left is not None
    assert left.lines == (Line(Prompt.NOBODY), MUSIC)
    came = next_turn(left.heard, THIRD, at=after(30), is_silent=False)
    assert came is not None
    assert came.lines == (*PLACE, MUSIC)


def test_what_plays_is_left_alone() -> None:
    assert next_turn(begun(), THIRD, at=after(30), is_silent=False) is None


def test_a_step_forward_is_told_at_once_but_not_twice_in_a_moment() -> None:
    nearer = replace(THIRD, position=2)
    assert next_turn(begun(), nearer, at=after(4), is_silent=False) is None
    turn = next_turn(begun(), nearer, at=after(12), is_silent=False)
    assert turn is not None
    assert turn.lines == (Line(Prompt.POSITION, 2), Line(Prompt.WAIT, 4), MUSIC)
    assert next_turn(turn.heard, nearer, at=after(30), is_silent=False) is None


def test_a_step_back_waits_for_the_music_to_end() -> None:
    farther = replace(THIRD, position=5)
    assert next_turn(begun(), farther, at=after(30), is_silent=False) is None
    turn = next_turn(begun(), farther, at=after(46), is_silent=True)
    assert turn is not None
    assert turn.lines[0] == Line(Prompt.POSITION, 5)


def test_the_place_is_told_again_after_the_music() -> None:
    turn = next_turn(begun(), THIRD, at=after(46), is_silent=True)
    assert turn is not None
    assert turn.lines == (*PLACE, MUSIC)


def test_music_that_is_over_soon_begins_again_without_words() -> None:
    turn = next_turn(begun(), THIRD, at=after(20), is_silent=True)
    assert turn is not None
    assert turn.lines == (MUSIC,)
    assert turn.heard == begun()


def test_long_music_is_interrupted() -> None:
    waiting = replace(THIRD, is_callback_possible=False)
    turn = next_turn(begun(), waiting, at=after(95), is_silent=False)
    assert turn is not None
    assert turn.lines == (*PLACE, MUSIC)


def test_a_call_back_is_offered_after_a_minute_and_again_later() -> None:
    turn = next_turn(begun(), THIRD, at=after(92), is_silent=True)
    assert turn is not None
    assert turn.lines == (Line(Prompt.CALLBACK), *PLACE, MUSIC)
    soon = next_turn(turn.heard, THIRD, at=after(150), is_silent=True)
    assert soon is not None
    assert Line(Prompt.CALLBACK) not in soon.lines
    later = next_turn(soon.heard, THIRD, at=after(300), is_silent=True)
    assert later is not None
    assert Line(Prompt.CALLBACK) in later.lines


@given(
    steps=st.lists(
        st.tuples(
            st.integers(1, 60),  # seconds since the last question
            st.integers(1, 9),
            st.booleans(),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_nobody_waits_in_silence_nor_is_welcomed_twice(
    steps: list[tuple[int, int, bool, bool]],
) -> None:
    heard, at, welcomes = Heard(), BEGIN, 0
    for seconds, position, is_possible, is_silent in steps:
        at += timedelta(seconds=seconds)
        waiting = replace(THIRD, position=position, is_callback_possible=is_possible)
        turn = next_turn(heard, waiting, at=at, is_silent=is_silent)
        assert turn is not None or not is_silent
        if turn is not None:
            assert turn.lines[-1] == MUSIC
            assert is_possible or Line(Prompt.CALLBACK) not in turn.lines
            welcomes += Line(Prompt.WELCOME) in turn.lines
            heard = turn.heard
    assert welcomes == bool(steps)
