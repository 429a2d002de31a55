"""Writes about visitors."""

from stoa.people.customers.models import EnsuredVisitor
from stoa.people.customers.queries import find_visitor
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import Locale
from stoa.platform.ids import new_id
from stoa.platform.web.security import new_token


async def ensure_visitor(session: Session, *, token: str | None, locale: Locale) -> EnsuredVisitor:
    """There is a visitor: the holder of `token`, or a new one whose token comes with it.

    Called at the first act that needs it (cart, counter), never by mere looking.
    """
    known = await find_visitor(session, token=token)
    moment = now()
    if known is not None:
        await session.execute(
            "UPDATE visitor SET last_seen_at = $2, locale = $3 WHERE id = $1",
            known.id,
            moment,
            locale,
        )
        return EnsuredVisitor(known.id, known.customer_id, None)
    visitor_id = new_id()
    fresh, token_hash = new_token()
    await session.execute(
        "INSERT INTO visitor (id, token_hash, locale, created_at, last_seen_at)"
        " VALUES ($1, $2, $3, $4, $4)",
        visitor_id,
        token_hash,
        locale,
        moment,
    )
    return EnsuredVisitor(visitor_id, None, fresh)
