"""A person sends again what the centre said had failed."""

from uuid import UUID

from stoa.contact.channels.lines import keeping_lines
from stoa.contact.channels.outbox import resend
from tests.contact.channels.sms.shopfront import Shopfront
from tests.contact.channels.sms.test_arrivals import from_customer
from tests.servers.smsc import Smsc


async def test_what_did_not_arrive_is_sent_anew_and_not_taken_for_sent(
    smsc: Smsc, front: Shopfront
) -> None:
    await smsc.set(stat="EXPIRED")  # the phone was off
    async with keeping_lines(front.node):
        await smsc.deliver(**from_customer("Is it on its way?"))
        await smsc.until(lambda seen: len(seen["answers"]) == 1)
        await front.read(1)
        await front.answers("It is.")
        await front.until_states(["failed"])
        await smsc.set(stat="DELIVRD")
        await _send_again(front)
        await front.until_states(["delivered"])
    assert [submit["text"] for submit in (await smsc.seen())["submits"]] == ["It is."] * 2


async def test_a_late_word_of_the_first_sending_is_not_said_of_the_second(
    smsc: Smsc, front: Shopfront
) -> None:
    async with keeping_lines(front.node):
        await smsc.deliver(**from_customer("Is it on its way?"))
        await smsc.until(lambda seen: len(seen["answers"]) == 1)
        await front.read(1)
        await smsc.set(stat="EXPIRED")
        await front.answers("It is.")
        await front.until_states(["failed"])
        await smsc.set(stat="DELIVRD", receipts="hold")
        await _send_again(front)
        await front.until_states(["sent"])
        [first, _] = (await smsc.seen())["submits"]
        await smsc.deliver(
            **from_customer(f"id:{first['id']} sub:001 dlvrd:000 stat:UNDELIV err:001", esm_class=4)
        )
        await smsc.until(lambda seen: seen["left"] == 0)
        assert await front.states() == ["sent"]
        await smsc.set(receipts="after")
        await front.until_states(["delivered"])


async def _send_again(front: Shopfront) -> None:
    [row] = await front.rows("SELECT id FROM delivery")
    assert isinstance(row["id"], UUID)
    async with front.node.database.begin() as session:
        await resend(session, delivery_id=row["id"])
