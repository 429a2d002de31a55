"""What somebody who waits in the queue hears, and when they are told how long it will take.

Pure: call control asks at the beginning, when what was playing has ended, when the place in the
queue changes, and now and then.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from stoa.contact.calls.prompts.lines import Line, Prompt, position_line, wait_line

# The place is told again after each turn of the music; the house's own is 40 s long. A shop's own
# may be long: then it is interrupted.
TOLD_AGAIN_AFTER = timedelta(seconds=40)
INTERRUPTED_AFTER = timedelta(seconds=90)
# Two steps forward within a few seconds are told as one.
NEWS_AFTER = timedelta(seconds=10)
CALLBACK_AFTER = timedelta(seconds=60)
CALLBACK_AGAIN_AFTER = timedelta(seconds=180)

_MUSIC = Line(Prompt.MUSIC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where a waiting call stands. `since` is when this wait began."""

    position: int
    wait_seconds: int | None
    since: datetime
    is_callback_possible: bool
    is_attended: bool = True  # somebody is there, if only talking to somebody else


@dataclass(frozen=True, slots=True)
class Heard:
    """What the customer has been told in this wait so far."""

    position: int | None = None
    was_attended: bool = True
    told_at: datetime | None = None
    callback_told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """To be played now, one after the other; the next turn comes when it has ended."""

    lines: tuple[Line, ...]
    heard: Heard


def next_turn(heard: Heard, waiting: Waiting, *, at: datetime, is_silent: bool) -> Turn | None:
    """What to play now instead of what is playing, or None to leave that alone.

    `is_silent`: nothing plays, because nothing did yet or because it has ended.
    """
    told = replace(heard, position=waiting.position, was_attended=waiting.is_attended, told_at=at)
    if heard.told_at is None:
        welcome = (Line(Prompt.WELCOME),) if waiting.is_attended else ()
        return Turn((*welcome, *_place(waiting), _MUSIC), told)
    since_told = at - heard.told_at
    is_nearer = heard.position is not None and waiting.position < heard.position
    is_other = heard.was_attended is not waiting.is_attended
    if (is_nearer or is_other) and since_told >= NEWS_AFTER:
        return Turn((*_place(waiting), _MUSIC), told)
    if not is_silent and since_told < INTERRUPTED_AFTER:
        return None
    if _is_callback_due(heard, waiting, at):
        told = replace(told, callback_told_at=at)
        return Turn((Line(Prompt.CALLBACK), *_place(waiting), _MUSIC), told)
    if since_told >= TOLD_AGAIN_AFTER:
        return Turn((*_place(waiting), _MUSIC), told)
    return Turn((_MUSIC,), heard)


def _place(waiting: Waiting) -> tuple[Line, ...]:
    """That nobody is there; or the place, and how long it will take if anybody can tell."""
    if not waiting.is_attended:
        return (Line(Prompt.NOBODY),)
    if waiting.wait_seconds is None:
        return (position_line(waiting.position),)
    return position_line(waiting.position), wait_line(waiting.wait_seconds)


def _is_callback_due(heard: Heard, waiting: Waiting, at: datetime) -> bool:
    if not waiting.is_attended or not waiting.is_callback_possible:
        return False
    if at - waiting.since < CALLBACK_AFTER:
        return False
    told_at = heard.callback_told_at
    return told_at is None or at - told_at >= CALLBACK_AGAIN_AFTER
