"""Double opt-in over a real message centre: the question arrives, offers only after the answer."""

import re

import pytest

from stoa.contact.channels.lines import keeping_lines
from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.notices.confirming import send_confirmation
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.queries import current_wording
from stoa.people.consent.service import ask_consent, confirm_consent, read_confirmation
from stoa.platform.i18n.locale import Locale
from tests.contact.channels.sms.shopfront import CUSTOMER, Shopfront
from tests.servers.smsc import Smsc


async def offer(front: Shopfront, text: str) -> None:
    async with front.node.database.begin() as session:
        await queue_delivery(
            session,
            inbox=front.inbox,
            to=CUSTOMER,
            content=Content(text=text, locale="en", is_automatic=True),
            purpose=Purpose.MARKETING,
        )


@pytest.mark.parametrize("locale", ["pl", "el"])
async def test_offers_leave_only_after_the_answer_to_an_sms(
    smsc: Smsc, front: Shopfront, locale: Locale
) -> None:
    """The link survives what is done to the text so that it fits."""
    node, shop_id = front.node, front.inbox.shop_id
    async with node.database.begin() as session:
        # Offers wait for the day; the test does not.
        await session.execute(
            "UPDATE shop SET settings = jsonb_set(settings, '{limits}',"
            ' \'{"quiet_from": "00:00", "quiet_until": "00:00"}\')'
        )
        request = await ask_consent(
            session,
            shop_id=shop_id,
            point=CUSTOMER,
            purpose=Use.MARKETING,
            wording=await current_wording(
                session,
                shop_id=shop_id,
                shop_name="Stoa",
                purpose=Use.MARKETING,
                kind=CUSTOMER.kind,
                locale=locale,
            ),
            source="account",
        )
    await offer(front, "News before")
    async with keeping_lines(node):
        await front.until_states(["refused"])
        await send_confirmation(node, {"request_id": str(request.id)})
        await front.until_states(["refused", "delivered"])
        [question] = (await smsc.seen())["submits"]
        [token] = re.findall(r"/confirm/(\S+)", question["text"])
        found = read_confirmation(node.settings.secret_key, token=token)
        assert found == request.id
        async with node.database.begin() as session:
            await confirm_consent(session, request_id=found, ip="", user_agent="")
        await offer(front, "News after")
        await front.until_states(["refused", "delivered", "delivered"])
    assert [one["text"][:10] for one in (await smsc.seen())["submits"][1:]] == ["News after"]
