"""Somebody wrote STOP: what they agreed to for that address is taken back."""

from stoa.contact.channels.models import Inbox
from stoa.contact.channels.protocol import Inbound
from stoa.people.consent.models import How, Proof, Wording
from stoa.people.consent.service import withdraw_for_point
from stoa.people.customers.queries import key_of
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import DEFAULT_LOCALE


async def hear_withdrawal(
    session: Session,
    *,
    inbox: Inbox,
    inbound: Inbound,
    country: str | None,
) -> None:
    """The ledger says no more for every purpose, with the word that was written as its proof."""
    await withdraw_for_point(
        session,
        kind=inbound.point.kind,
        key=key_of(inbound.point, country=country),
        how=How.STOP,
        channel=inbox.channel,
        wording=Wording(
            text=inbound.text[:200], version="written", locale=inbound.locale or DEFAULT_LOCALE
        ),
        proof=Proof(message_id=inbound.name),
    )
