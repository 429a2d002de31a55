"""What customers have agreed to, for tests."""

from stoa.people.consent.models import ConsentState, How, Purpose, Wording
from stoa.people.consent.service import record_point_consent
from stoa.people.customers.models import Point
from stoa.platform.database.session import Session


async def record_answer(
    session: Session,
    *,
    point: Point,
    purpose: Purpose,
    state: ConsentState = ConsentState.GIVEN,
) -> None:
    """Whoever has this address said so in a checkout, and confirmed it where that is asked for."""
    await record_point_consent(
        session,
        point=point,
        purpose=purpose,
        state=state,
        wording=Wording("Yes", "1", "en"),
        how=How.DOUBLE_OPT_IN if purpose is Purpose.MARKETING else How.CLICKED,
        channel="checkout",
    )
