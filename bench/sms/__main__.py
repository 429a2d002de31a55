"""python -m bench.sms [--quick]"""

import asyncio
import sys
import time

import uvloop

from bench.harness.figures import Figures
from bench.harness.server import Bench, serving_bench
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.models import Content, Inbox, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.people.consent.models import ConsentState, How, Wording
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.service import record_point_consent
from stoa.people.customers.models import Point, PointKind
from stoa.platform.config import Settings
from tests.servers.smsc import Smsc, running_smsc

QUICK = "--quick" in sys.argv
COUNT = 500 if QUICK else 4_000
GIVE_UP_SECONDS = 120
OURS = "+48221234567"


async def connect(bench: Bench, smsc: Smsc) -> Inbox:
    settings = Settings(data_dir=bench.stoa.data_dir)
    carrier = {
        "provider": "smpp",
        "host": "127.0.0.1",
        "port": smsc.port,
        "system_id": "shop",
        "password": "secret",
        "window": 100,
        "per_second": 5000,
    }
    async with bench.database.begin() as session:
        # Whatever the hour.
        await session.execute(
            "UPDATE shop SET settings ="
            " jsonb_set(settings, '{limits}', '{\"is_urgent_exempt\": true}')"
        )
        return await add_inbox(
            session,
            shop_id=bench.shop_id,
            channel="sms",
            name="SMS",
            settings={"sender": OURS, "carrier": carrier},
            staff_id=None,
            key=settings.secret_key,
        )


async def wish(bench: Bench, inbox: Inbox) -> None:
    """Notices to so many people who agreed to them."""
    async with bench.database.begin() as session:
        for number in range(COUNT):
            # The last digits 999 and 777 are refused by the centre.
            point = Point(PointKind.PHONE, f"+4860{number:06}1")
            await record_point_consent(
                session,
                point=point,
                purpose=Use.URGENT,
                state=ConsentState.GIVEN,
                wording=Wording("Tell me by SMS.", "1", "en"),
                how=How.CLICKED,
                channel="checkout",
            )
            await queue_delivery(
                session,
                inbox=inbox,
                to=point,
                content=Content(text=f"Your parcel {number} is at the door.", locale="en"),
                purpose=Purpose.URGENT,
            )


async def until(bench: Bench, sql: str, count: int) -> float:
    """Seconds until the database counts so many."""
    began = time.perf_counter()
    while await bench.database.pool.fetchval(sql) < count:
        if time.perf_counter() - began > GIVE_UP_SECONDS:
            raise TimeoutError(sql)
        await asyncio.sleep(0.05)
    return time.perf_counter() - began


async def main() -> None:
    out = Figures("sms", f"SMS through a centre, {COUNT:,} each way")
    async with serving_bench() as bench, running_smsc() as smsc:
        inbox = await connect(bench, smsc)
        await smsc.set(receipts="before")
        await smsc.until(lambda seen: seen["bound"] == ["shop"])
        await wish(bench, inbox)
        seconds = await until(
            bench, "SELECT count(*) FROM delivery WHERE state = 'delivered'", COUNT
        )
        out.add("Out, until the receipt of each is shown", f"{COUNT / seconds:,.0f}/s", aim="200/s")
        seen = await smsc.seen()
        lost = COUNT - len({submit["text"] for submit in seen["submits"]})
        out.add("Lost or sent twice", f"{lost} and {len(seen['submits']) - COUNT + lost}", aim="0")
        began = time.perf_counter()
        for number in range(COUNT):
            await smsc.deliver(
                source_addr=f"4860{number:07}",
                source_addr_ton=1,
                destination_addr=OURS[1:],
                data_coding=0,
                octets=f"Where is parcel {number}?".encode().hex(),
            )
        taken = "SELECT count(*) FROM inbound WHERE state = 'taken'"
        await until(bench, taken, COUNT)
        rate = COUNT / (time.perf_counter() - began)
        out.add("In, each from somebody new, until it is in a conversation", f"{rate:,.0f}/s")
        left = (await smsc.until(lambda seen: seen["left"] == 0))["left"]
        out.add("Not answered to the centre", str(left), aim="0")
    if not QUICK:
        out.keep()


if __name__ == "__main__":
    uvloop.run(main())
