"""A shop's number, for tests."""

from typing import Any
from uuid import UUID

from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.models import Inbox
from stoa.platform.database.session import Session

OURS = "+48221234567"
# For what is not sent: nobody answers for it.
NOWHERE = {"provider": "twilio", "account_sid": "AC1", "auth_token": "t"}


def smsc_at(port: int, **more: Any) -> dict[str, Any]:
    """A carrier that speaks SMPP on this machine."""
    known = {"provider": "smpp", "host": "127.0.0.1", "system_id": "shop", "password": "secret"}
    return {**known, "port": port, **more}


async def an_sms_inbox(
    session: Session,
    *,
    shop_id: UUID,
    key: bytes,
    carrier: dict[str, Any] = NOWHERE,
    sender: str = OURS,
) -> Inbox:
    """A number that Poles are written to from, at 35 thousandths a part."""
    return await add_inbox(
        session,
        shop_id=shop_id,
        channel="sms",
        name="SMS",
        settings={
            "sender": sender,
            "carrier": carrier,
            "prices": [{"prefix": "+48", "micros": 35_000}],
        },
        staff_id=None,
        key=key,
    )
