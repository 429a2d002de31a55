"""What a changed call means for its recording."""

from stoa.contact.calls.models import Call
from stoa.contact.calls.recordings import rules
from stoa.contact.calls.recordings.consents import note_staff
from stoa.contact.calls.recordings.storing import begin
from stoa.people.consent.models import How
from stoa.platform.database.session import Session


async def follow_recording(session: Session, *, before: Call | None, after: Call) -> None:
    """A call that is recorded from now on has a recording that is being made, and everybody of the
    shop who can be heard in it has agreed by staying. Part of every change of a call.
    """
    if after.recording in ("announced", "on"):
        for leg in after.agent_legs:
            if leg.staff_id is not None:
                await note_staff(
                    session, call_id=after.id, staff_id=leg.staff_id, how=How.ANNOUNCED
                )
    if rules.is_recorded(after) and not (before and rules.is_recorded(before)):
        await begin(session, call_id=after.id, kind="call")
