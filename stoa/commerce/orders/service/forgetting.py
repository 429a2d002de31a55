"""What the law kept of an order goes when its time is up."""

from datetime import date

from stoa.platform.database.session import Session

AT_ONCE = 200


async def forget_restricted(session: Session, *, today: date) -> int:
    """Orders that were kept until yesterday name nobody any more; returns how many, at most
    `AT_ONCE`."""
    return await session.execute(
        """
        UPDATE "order" SET restricted_until = NULL, version = version + 1,
            shipping_address = shipping_address || '{"name": "", "company": "", "street": ""}',
            billing_address = billing_address || '{"name": "", "company": "", "street": ""}'
        WHERE id IN (SELECT id FROM "order" WHERE restricted_until < $1 ORDER BY id LIMIT $2)
        """,
        today,
        AT_ONCE,
    )
