"""When a call may be recorded, what counts as one listening, and how long sound is kept.

Pure: a call goes in, the next one comes out.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import assert_never

from stoa.contact.calls.errors import CallOver, NotPossibleNow
from stoa.contact.calls.models import Call, CallState, Leg, RecordingPolicy
from stoa.contact.calls.recordings.errors import RecordingOff, RecordingRefused
from stoa.contact.calls.steps import with_fact

# A player that jumps goes on with the same listening; who comes back after this begins another.
LISTENING_LASTS = timedelta(minutes=30)
# A player fetches the beginning twice when it looks at a file before playing it.
SAME_BEGINNING = timedelta(seconds=10)


def ask(call: Call, *, policy: RecordingPolicy, by: Leg, at: datetime) -> Call:
    """The customer is asked, or hears that the call is recorded; nothing is recorded yet.

    Raises:
        NotPossibleNow, CallOver: nobody talks.
        RecordingOff: the shop records nothing.
        RecordingRefused: the customer has said no, and is not asked again.
    """
    if policy == "never":
        raise RecordingOff
    if call.state is not CallState.ACTIVE or call.customer_leg is None:
        raise CallOver if call.is_over else NotPossibleNow
    if call.recording == "refused":
        raise RecordingRefused
    if call.recording != "off":
        return call
    if policy == "announce":
        return replace(call, recording="announced")
    return with_fact(replace(call, recording="asked"), "recording_asked", at, name=by.name)


def announced(call: Call, *, at: datetime) -> Call:
    """The announcement has been heard to its end and nobody objected: it is recorded from now on.

    In any other state nothing changes: somebody said no while it was spoken.
    """
    if call.recording != "announced" or call.state is not CallState.ACTIVE:
        return call
    return with_fact(replace(call, recording="on"), "recording_started", at)


def agree(call: Call, *, at: datetime) -> Call:
    """The customer said yes, perhaps after a no: it is recorded from now on.

    Raises:
        NotPossibleNow, CallOver: nobody talks, or nobody asked.
    """
    if call.state is not CallState.ACTIVE:
        raise CallOver if call.is_over else NotPossibleNow
    match call.recording:
        case "on":
            return call
        case "asked" | "announced" | "refused":
            return with_fact(replace(call, recording="on"), "recording_started", at)
        case "off":
            raise NotPossibleNow
        case _ as unknown:
            assert_never(unknown)


def refuse(call: Call, *, at: datetime) -> Call:
    """The customer said no, or takes the yes back: nothing more is recorded in this call.

    Raises:
        NotPossibleNow, CallOver: there is nothing to say no to.
    """
    if call.is_over:
        raise CallOver
    match call.recording:
        case "refused":
            return call
        case "asked" | "announced":
            return with_fact(replace(call, recording="refused"), "recording_refused", at)
        case "on":
            return with_fact(replace(call, recording="refused"), "recording_stopped", at)
        case "off":
            raise NotPossibleNow
        case _ as unknown:
            assert_never(unknown)


def stop(call: Call, *, by: Leg, at: datetime) -> Call:
    """The member of staff has ended the recording, or takes the question back. What was recorded
    until now is kept.
    """
    match call.recording:
        case "on":
            return with_fact(replace(call, recording="off"), "recording_stopped", at, name=by.name)
        case "asked" | "announced":
            return replace(call, recording="off")
        case "off" | "refused":
            return call
        case _ as unknown:
            assert_never(unknown)


def is_recorded(call: Call) -> bool:
    """Whether sound goes to a file now: somebody of the shop talks with a customer who agreed.

    A customer who waits to be put through speaks to nobody, so nothing is kept of it.
    """
    return (
        call.recording == "on"
        and call.state is CallState.ACTIVE
        and call.customer_leg is not None
        and bool(call.agent_legs)
    )


def begins_listening(
    *, first_byte: int, last_at: datetime | None, at: datetime, length: timedelta
) -> bool:
    """Whether a request for sound is another listening, and not a player that jumps within one.

    `last_at` is when this person's last listening to this recording began. Whoever asks for the
    middle first, to be seen by nobody, is counted as well.
    """
    if last_at is None:
        return True
    since = at - last_at
    if first_byte == 0:
        return since > SAME_BEGINNING
    return since > LISTENING_LASTS + length


def delete_after(ended_at: datetime, *, retention_days: int) -> date:
    """The last day on which the sound is there."""
    return (ended_at + timedelta(days=retention_days)).date()
