"""When a message may be left: pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from stoa.contact.calls.errors import CallOver, NotPossibleNow
from stoa.contact.calls.models import Call, CallState, OfferState
from stoa.contact.calls.steps import close_all, to_state, with_fact

LONGEST = timedelta(minutes=3)


def begin_voicemail(call: Call, *, is_offered: bool, at: datetime) -> Call:
    """Nobody is rung any more, and the customer is about to speak. One who is at it goes on.

    Raises:
        CallOver, NotPossibleNow: the call does not wait, somebody may yet answer, or the shop takes
            no messages.
    """
    if call.state is CallState.VOICEMAIL:
        return call
    if not call.is_waiting or call.unattended_since is None or not is_offered:
        raise CallOver if call.is_over else NotPossibleNow
    call = close_all(call, OfferState.WITHDRAWN, at)
    call = replace(to_state(call, CallState.VOICEMAIL), unattended_since=None)
    return with_fact(call, "voicemail_begun", at)
