"""From the centre to the conversation and back, through everything that is between them."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from stoa.contact.channels.lines import keeping_lines
from stoa.contact.channels.ways import answer
from stoa.people.consent.models import Purpose as Use
from tests.contact.channels.sms.shopfront import CUSTOMER, Shopfront
from tests.contact.channels.sms.test_arrivals import from_customer
from tests.factories.consent import record_answer
from tests.factories.people import an_agent
from tests.servers.smsc import Smsc
from tests.waiting import until


async def test_a_question_is_answered_and_the_answer_arrives(smsc: Smsc, front: Shopfront) -> None:
    await smsc.set(receipts="before", answer_ms=100)
    async with keeping_lines(front.node):
        await smsc.deliver(**from_customer("Gdzie jest moja paczka?"))
        await smsc.until(lambda seen: len(seen["answers"]) == 1)
        await front.read(1)
        await front.answers("W drodze, jutro będzie u Pana. " * 4)
        await front.until_states(["delivered"])
        await smsc.deliver(**from_customer("Dziękuję!"))
        await smsc.until(lambda seen: seen["left"] == 0)
        await front.read(2)
    [conversation] = await front.rows("SELECT * FROM conversation")
    assert conversation["channel"] == "sms"
    bodies = await front.rows("SELECT body, delivery FROM message WHERE kind = 'text' ORDER BY id")
    assert [row["body"] for row in bodies][::2] == ["Gdzie jest moja paczka?", "Dziękuję!"]
    assert bodies[1]["delivery"]["state"] == "delivered"
    [delivery] = await front.rows("SELECT segments, cost_micros, currency FROM delivery")
    assert delivery == {"segments": 2, "cost_micros": 70_000, "currency": "EUR"}


async def test_an_urgent_notice_leaves_with_consent_and_is_refused_without(
    smsc: Smsc, front: Shopfront
) -> None:
    await front.notify("Your parcel is at the door.")
    async with keeping_lines(front.node):
        await front.until_states(["refused"])
        async with front.node.database.begin() as session:
            await record_answer(session, point=CUSTOMER, purpose=Use.URGENT)
        await front.notify("Η πληρωμή απορρίφθηκε.")
        await front.until_states(["refused", "delivered"])
        await smsc.deliver(**from_customer("ΣΤΟΠ"))
        await smsc.until(lambda seen: seen["left"] == 0)
        await front.read(1)
        await front.notify("Your parcel is at the door.")
        await front.until_states(["refused", "delivered", "refused"])
    [submit] = (await smsc.seen())["submits"]
    assert submit["text"] == "H ΠΛHPΩMH AΠOPPIΦΘHKE."
    problems = await front.rows("SELECT problem FROM delivery ORDER BY created_at, id")
    assert [row["problem"] and row["problem"]["reason"] for row in problems] == [
        "no_consent",
        None,
        "consent_withdrawn",
    ]


async def test_a_dead_number_is_marked_and_not_tried_again(smsc: Smsc, front: Shopfront) -> None:
    async with keeping_lines(front.node):
        await smsc.deliver(**from_customer("hello", source_addr="48600100999"))
        await smsc.until(lambda seen: seen["left"] == 0)
        await front.read(1)
        agent = await an_agent(front.node.database)
        async with front.node.database.begin() as session:
            conversation_id = await session.fetch_value("SELECT id FROM conversation")
            await answer(
                session,
                conversation_id=conversation_id,
                inbox_id=front.inbox.id,
                to="+48600100999",
                sender=agent,
                client_id="client-01",
                body="hello",
                subject="",
                attachment_ids=[],
            )
        await front.until_states(["failed"])
    [point] = await front.rows("SELECT undeliverable_code FROM contact_point")
    assert point["undeliverable_code"] == "0x0000000B"


_CHILD = """
import asyncio, sys
from pathlib import Path
from stoa.contact.channels.lines import keeping_lines
from stoa.platform.config import Settings
from stoa.platform.database.session import open_database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore

async def main():
    url, data, blobs = sys.argv[1:]
    settings = Settings(data_dir=Path(data), database_url=url, demo=False)
    database = await open_database(url)
    async with keeping_lines(Node(settings, database, LocalBlobStore(Path(blobs)))):
        await asyncio.sleep(120)

asyncio.run(main())
"""


@asynccontextmanager
async def another_process(front: Shopfront, tmp_path: Path) -> AsyncIterator[Any]:
    """Holds the lines until it is killed without a word."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _CHILD,
            front.url,
            str(tmp_path / "data"),
            str(tmp_path / "blobs"),
        ]
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def test_killed_between_submit_and_receipt_the_message_shows_as_delivered(
    smsc: Smsc, front: Shopfront, tmp_path: Path
) -> None:
    await smsc.set(receipts="hold")
    async with another_process(front, tmp_path):
        await smsc.deliver(**from_customer("Is it on its way?"))
        await smsc.until(lambda seen: seen["left"] == 0 and len(seen["answers"]) == 1)
        await front.read(1)
        await front.answers("It is.")
        await front.until_states(["sent"])
    await smsc.until(lambda seen: seen["bound"] == [])
    await smsc.set(receipts="after")  # nobody is there to take it
    async with keeping_lines(front.node):
        await front.until_states(["delivered"])
        await smsc.until(lambda seen: seen["left"] == 0)
    assert len((await smsc.seen())["submits"]) == 1


async def test_killed_between_submit_and_answer_the_message_is_sent_again_not_lost(
    smsc: Smsc, front: Shopfront, tmp_path: Path
) -> None:
    async with another_process(front, tmp_path):
        await smsc.deliver(**from_customer("Is it on its way?"))
        await smsc.until(lambda seen: seen["left"] == 0 and len(seen["answers"]) == 1)
        await front.read(1)
        await smsc.set(answers=False, receipts="none")
        await front.answers("It is.")
        await smsc.until(lambda seen: len(seen["submits"]) == 1)
        assert await front.states() == ["sending"]
    await smsc.set(answers=True, receipts="after")
    async with keeping_lines(front.node):
        await front.until_states(["delivered"])
    # Nobody can know whether the centre had taken it: at least once.
    assert [submit["text"] for submit in (await smsc.seen())["submits"]] == ["It is."] * 2


async def test_shows_a_broken_line_and_that_it_is_mended(smsc: Smsc, front: Shopfront) -> None:
    async with keeping_lines(front.node):
        await smsc.until(lambda seen: seen["bound"] == ["shop"])
        await smsc.set(answers=True)
        await smsc.drop()
        await smsc.until(lambda seen: seen["binds"] >= 2)

        async def is_up() -> bool:
            [row] = await front.rows("SELECT is_down FROM inbox")
            return not row["is_down"]

        await until(is_up)


async def test_many_leave_at_once_and_every_receipt_finds_its_message(
    smsc: Smsc, front: Shopfront
) -> None:
    await smsc.set(receipts="before")
    async with keeping_lines(front.node):
        await smsc.deliver(**from_customer("hello"))
        await smsc.until(lambda seen: seen["left"] == 0 and len(seen["answers"]) == 1)
        await front.read(1)
        for number in range(20):
            await front.answers(f"answer {number}", client_id=f"client-{number:02}")
        await front.until_states(["delivered"] * 20)
    assert await front.rows("SELECT id FROM parked_receipt") == []
