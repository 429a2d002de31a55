"""What every verb does after it changed a session: the card, the audit, the ledger, both sides."""

from uuid import UUID

import structlog

from stoa.contact.cobrowse.events import CobrowseChanged
from stoa.contact.cobrowse.models import WORDING_VERSION, EndReason, LockedSession
from stoa.contact.cobrowse.queries import action_count, get_session
from stoa.contact.cobrowse.schemas import CobrowseView
from stoa.contact.conversations.schemas import CobrowseCard
from stoa.contact.conversations.service import change_card
from stoa.people.consent.models import ConsentState, Person, Purpose, Wording
from stoa.people.consent.queries import standing_consent
from stoa.people.consent.service import record_consent
from stoa.people.hearing import visitor_topic
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session

log = structlog.get_logger()


async def set_control(
    session: Session, locked: LockedSession, *, control: str, action: str, staff_id: UUID | None
) -> CobrowseView:
    """What the agent may do is `control`; both sides and the audit know."""
    await session.execute(
        "UPDATE cobrowse_session SET control = $2, version = version + 1 WHERE id = $1",
        locked.view.id,
        control,
    )
    return await tell_changed(session, locked, action=action, staff_id=staff_id)


async def end_session(
    session: Session, locked: LockedSession, *, reason: EndReason, staff_id: UUID | None
) -> CobrowseView:
    """The session is over for this reason."""
    await session.execute(
        "UPDATE cobrowse_session SET state = 'ended', control = 'none', end_reason = $2,"
        " ended_at = $3, version = version + 1 WHERE id = $1",
        locked.view.id,
        reason,
        now(),
    )
    return await tell_changed(session, locked, action=f"cobrowse.{reason}", staff_id=staff_id)


async def tell_changed(
    session: Session, locked: LockedSession, *, action: str, staff_id: UUID | None
) -> CobrowseView:
    """Card, audit and both screens agree with the row."""
    view = await get_session(session, session_id=locked.view.id)
    actions = await action_count(session, session_id=view.id)
    await change_card(session, message_id=locked.message_id, card=card_of(view, actions=actions))
    await tell(session, view, action=action, staff_id=staff_id)
    return view


async def tell(session: Session, view: CobrowseView, *, action: str, staff_id: UUID | None) -> None:
    """The audit and both sides know how the session stands."""
    await record_audit(session, staff_id=staff_id, action=action, subject=f"cobrowse:{view.id}")
    session.publish(CobrowseChanged(session=view), topics=[visitor_topic(view.visitor_id)])
    session.after_commit(lambda: log.info("cobrowse.changed", action=action, session=str(view.id)))


def card_of(view: CobrowseView, *, actions: int) -> CobrowseCard:
    """The session as the timeline shows it."""
    return CobrowseCard(
        session_id=view.id,
        state=view.state,
        end_reason=view.end_reason,
        agent_name=view.staff_name,
        control=view.control,
        action_count=actions,
        asked_at=view.asked_at,
        ended_at=view.ended_at,
    )


async def write_consent(
    session: Session,
    view: CobrowseView,
    purpose: Purpose,
    is_given: bool,
    wording: str,
    locale: str,
) -> None:
    """The ledger says what the customer read and answered."""
    await record_consent(
        session,
        person=Person(visitor_id=view.visitor_id),
        purpose=purpose,
        subject=view.id,
        state=ConsentState.GIVEN if is_given else ConsentState.REFUSED,
        wording=Wording(wording, WORDING_VERSION, locale),
    )


async def withdraw_consent(session: Session, view: CobrowseView, purpose: Purpose) -> None:
    """The ledger says that the customer took it back, if they had given it."""
    person = Person(visitor_id=view.visitor_id)
    given = await standing_consent(session, person=person, purpose=purpose, subject=view.id)
    if given is None or not given.is_given:
        return
    await record_consent(
        session,
        person=person,
        purpose=purpose,
        subject=view.id,
        state=ConsentState.WITHDRAWN,
        wording=Wording(given.wording, given.wording_version, given.locale),
    )
