"""Whether anybody has to follow what is said, and from where on."""

from stoa.contact.conversations.events import DESK_TOPIC
from stoa.platform.clock import now
from stoa.platform.database.session import Session


async def follow_if_needed(session: Session) -> None:
    """What is said from now on is brought to rules and webhooks if one is on, and else to nobody.

    Whoever switched one on or off calls this in the same transaction.
    """
    await session.execute(
        """
        WITH wanted AS (
            SELECT EXISTS (SELECT FROM rule WHERE is_on)
                OR EXISTS (SELECT FROM webhook WHERE is_on) AS is_it
        )
        UPDATE rule_position p SET is_followed = w.is_it,
            seq = CASE WHEN p.is_followed THEN p.seq
                ELSE coalesce((SELECT t.seq FROM topic t WHERE t.name = $1), 0) END,
            at = CASE WHEN p.is_followed THEN p.at ELSE $2 END,
            since = CASE WHEN p.is_followed THEN p.since ELSE $2 END
        FROM wanted w WHERE p.is_followed <> w.is_it
        """,
        DESK_TOPIC,
        now(),
    )
