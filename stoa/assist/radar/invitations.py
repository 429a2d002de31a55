"""Inviting a visit to talk: by an agent's click, or by the shop's rule within its cap."""

from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from stoa.assist.radar.models import Invitation, LiveVisit
from stoa.assist.radar.schemas import InvitationState
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.ids import new_id

RULE = "trouble"


class InvitationRules(BaseModel):
    """A shop's setting `invitations`: who seems in trouble is invited while somebody is there."""

    model_config = ConfigDict(extra="ignore")

    is_on: bool = True
    score_from: int = Field(default=70, ge=1, le=100)
    cap_per_visitor: int = Field(default=1, ge=0, le=20, description="In a day, of one visitor")
    text: dict[str, str] = Field(default_factory=dict, description="By language")


def is_candidate(visit: LiveVisit, rules: InvitationRules, *, agents_available: int) -> bool:
    """Whether the rule would invite the visit now: in trouble, there, alone, not yet asked."""
    return (
        rules.is_on
        and agents_available > 0
        and visit.is_online
        and visit.score >= rules.score_from
        and visit.conversation_id is None
        and visit.invitation is None
    )


async def is_within_cap(session: Session, *, visit: LiveVisit, rules: InvitationRules) -> bool:
    """The visitor was invited by rules less often today than the shop allows."""
    since = now() - timedelta(days=1)
    count: int = await session.fetch_value(
        "SELECT count(*) FROM invitation WHERE rule IS NOT NULL AND created_at > $3"
        " AND (visit_id = $1 OR visitor_id = $2)",
        visit.id,
        visit.visitor_id,
        since,
    )
    return count < rules.cap_per_visitor


async def make_invitation(
    session: Session,
    *,
    visit: LiveVisit,
    staff_id: UUID | None,
    staff_name: str | None,
    text: str,
    at: datetime,
) -> Invitation:
    """The invitation is recorded; whoever holds the visit shows it after the commit."""
    invitation = Invitation(
        id=new_id(), state="shown", staff_name=staff_name, text=text or _words(visit), at=at
    )
    made = await session.fetch_value(
        "INSERT INTO invitation (id, shop_id, visit_id, visitor_id, staff_id, rule, state,"
        " created_at, updated_at) SELECT $1, s.id, $3, $4, $5, $6, 'shown', $7, $7"
        " FROM shop s WHERE s.id = $2 RETURNING id",
        invitation.id,
        visit.shop_id,
        visit.id,
        visit.visitor_id,
        staff_id,
        None if staff_id else RULE,
        at,
    )
    if made is None:
        raise NotFound()
    if staff_id is not None:
        await record_audit(
            session, staff_id=staff_id, action="visit.invited", subject=str(visit.id)
        )
    return invitation


def _words(visit: LiveVisit) -> str:
    locale = as_locale(visit.locale) or DEFAULT_LOCALE
    return translator(locale, "counter")("invitation.text")


async def answer_invitation(
    session: Session, *, invitation_id: UUID, visit_id: UUID, state: InvitationState
) -> None:
    """The invitation is answered; one that is answered already stays so.

    Raises:
        NotFound: no such invitation of this visit.
    """
    found = await session.fetch_value(
        "UPDATE invitation SET state = CASE state WHEN 'shown' THEN $3 ELSE state END,"
        " updated_at = $4 WHERE id = $1 AND visit_id = $2 RETURNING id",
        invitation_id,
        visit_id,
        state,
        now(),
    )
    if found is None:
        raise NotFound()
