"""What the centre delivers: joined, kept through anything, taken once."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from stoa.contact.channels.protocol import NeverWorks, Report, Unreadable
from stoa.contact.channels.sms.channel import CHANNEL
from tests.contact.channels.sms.lines import (
    Taken,
    account_with,
    held,
    outgoing,
    smpp_settings,
)
from tests.factories.sms import OURS
from tests.servers.smsc import Smsc, running_kannel

CUSTOMER = "48600100200"
POLISH = "Długa odpowiedź z Gdyni: paczka dotarła, ale pudełko jest pęknięte. " * 3


def shop(smsc: Smsc, **more: Any) -> Taken:
    return Taken(account_with(smpp_settings(smsc.port, **more)))


def from_customer(text: str, **more: Any) -> dict[str, Any]:
    return {
        "source_addr": CUSTOMER,
        "source_addr_ton": 1,
        "source_addr_npi": 1,
        "destination_addr": OURS[1:],
        "data_coding": 8,
        "octets": text.encode("utf-16-be").hex(),
        **more,
    }


def parts_of(text: str, *, reference: int, wide: bool = False) -> list[dict[str, Any]]:
    pieces = [text[at : at + 60] for at in range(0, len(text), 60)]
    parts = []
    for number, piece in enumerate(pieces, start=1):
        if wide:
            header = bytes([6, 8, 4, reference >> 8, reference & 255, len(pieces), number])
        else:
            header = bytes([5, 0, 3, reference, len(pieces), number])
        parts.append(from_customer(piece, esm_class=0x40, udh=header.hex()))
    return parts


async def test_takes_a_message_before_it_answers(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc)
    async with held(taken, tmp_path):
        await smsc.deliver(**from_customer("Ναι, ευχαριστώ! Zażółć"))
        await smsc.until(lambda seen: len(seen["answers"]) == 1 and seen["left"] == 0)
        message = taken.messages[0]
    assert (message.text, message.point.value) == ("Ναι, ευχαριστώ! Zażółć", "+48600100200")
    assert message.is_verified
    assert not message.is_withdrawal


@pytest.mark.parametrize("wide", [False, True], ids=["8 bit", "16 bit"])
async def test_joins_parts_in_any_order(smsc: Smsc, tmp_path: Path, wide: bool) -> None:
    taken = shop(smsc)
    async with held(taken, tmp_path):
        for part in reversed(parts_of(POLISH, reference=77, wide=wide)):
            await smsc.deliver(**part)
        await smsc.until(lambda seen: len(seen["answers"]) == 4 and seen["left"] == 0)
    assert taken.texts == [POLISH]


async def test_joins_parts_numbered_by_parameters(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc)
    async with held(taken, tmp_path):
        for number, text in enumerate(["one ", "two"], start=1):
            sar = {"sar_msg_ref_num": 700, "sar_total_segments": 2, "sar_segment_seqnum": number}
            await smsc.deliver(**from_customer(text, **sar))
        await taken.until(lambda: len(taken.raws) == 1)
    assert taken.texts == ["one two"]


async def test_keeps_messages_apart_that_share_a_reference(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc)
    first, second = "a" * 70, "b" * 70
    async with held(taken, tmp_path):
        whole = parts_of(first, reference=9)
        await smsc.deliver(**whole[0])
        await smsc.deliver(**{**whole[1], "source_addr": "48600100201"})
        for part in parts_of(second, reference=9):
            await smsc.deliver(**part)
        await taken.until(lambda: second in taken.texts)
    # The part that was left alone was taken as what is there.
    assert taken.texts == ["a" * 60 + "[…]", second]


async def test_takes_what_is_there_when_a_part_never_comes(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc, carrier_parts_seconds=2)
    async with held(taken, tmp_path):
        parts = parts_of("x" * 60 + "y" * 60 + "z" * 60, reference=3)
        await smsc.deliver(**parts[0])
        await smsc.deliver(**parts[2])
        await taken.until(lambda: len(taken.raws) == 1)
    assert taken.texts == ["x" * 60 + "[…]" + "z" * 60]


async def test_lets_the_centre_come_again_when_it_cannot_store(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc, carrier_enquire_seconds=0.05)
    taken.fails = 1
    async with held(taken, tmp_path):
        await smsc.deliver(**from_customer("once"))
        seen = await smsc.until(lambda seen: len(seen["answers"]) == 1)
        assert (seen["answers"][0]["status"], seen["left"]) == (0x64, 1)
        await smsc.drop()  # it delivers what is left when we are bound anew
        await smsc.until(lambda seen: seen["left"] == 0)
        await smsc.deliver(**from_customer("once"))  # and this one is another message
        await taken.until(lambda: len(taken.raws) == 2)
    assert taken.texts == ["once", "once"]


async def test_forgets_only_what_the_centre_knows_to_be_taken(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc, carrier_enquire_seconds=0.05)
    folder = tmp_path / "arrivals"
    async with held(taken, tmp_path):
        await smsc.deliver(**from_customer("hello"))
        await smsc.deliver(**parts_of(POLISH, reference=1)[0])
        await smsc.until(lambda seen: len(seen["answers"]) == 2)
        asked = (await smsc.seen())["enquiries"]
        await smsc.until(lambda seen: seen["enquiries"] > asked + 2)
        kept = [json.loads(path.read_bytes()) for path in folder.iterdir()]
        assert len(kept) == 1  # the part that waits for the others
        for part in parts_of(POLISH, reference=1)[1:]:
            await smsc.deliver(**part)
        await taken.until(lambda: len(taken.raws) == 2)
    assert list(folder.iterdir()) == []  # the centre answered our leave


async def test_sets_aside_what_it_cannot_read_and_goes_on(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc)
    async with held(taken, tmp_path):
        await smsc.write(bytes.fromhex("00000014 00000005 00000000 00007777 00414243"))
        await smsc.deliver(**from_customer("", esm_class=4, octets="6e6f7468696e67", data_coding=0))
        await smsc.deliver(**from_customer("", octets="0102", data_coding=4))
        await smsc.deliver(**from_customer("offer", source_addr="OPERATOR", source_addr_ton=5))
        await smsc.deliver(**from_customer("after"))
        await taken.until(lambda: len(taken.raws) == 5)
    reasons = []
    for raw in taken.raws.values():
        try:
            CHANNEL.parse(taken.account, raw)
        except Unreadable as problem:
            reasons.append(problem.reason)
    assert sorted(reasons) == [
        "not_an_sms",
        "not_an_sms",
        "sender_not_a_number",
        "sms_not_text",
    ]


async def test_exchanges_long_messages_with_kannel(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc)
    await smsc.route(**{CUSTOMER: "kannel", OURS[1:]: "shop"})
    async with running_kannel(tmp_path, smsc) as kannel, held(taken, tmp_path) as line:
        gsm = "Kannel cuts this one into parts {with} brackets and 10 EUR. " * 4
        await kannel.send(sender=CUSTOMER, to=OURS[1:], text=gsm)
        await taken.until(lambda: len(taken.raws) == 1)
        await kannel.send(sender=CUSTOMER, to=OURS[1:], text=POLISH)
        await taken.until(lambda: len(taken.raws) == 2)
        assert taken.texts == [gsm, POLISH.rstrip()] or taken.texts == [gsm, POLISH]
        await line.send(outgoing(POLISH, to=f"+{CUSTOMER}"))
        received = await kannel.until_received(1)
    assert received[0]["text"] == POLISH
    assert received[0]["from"] == OURS


_CHILD = """
import asyncio, json, sys
from pathlib import Path
from uuid import UUID
from stoa.contact.channels.sms.channel import CHANNEL
from stoa.contact.channels.protocol import Line
from tests.contact.channels.sms.lines import account_with, outgoing, smpp_settings

async def main():
    port, folder, what, key = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], UUID(sys.argv[4])
    account = account_with(smpp_settings(port))

    async def take(raw):
        if what == "dies":
            print("taking", flush=True)
            await asyncio.sleep(60)  # killed before it is committed
        with (folder / "store").open("a") as file:
            file.write(json.dumps([raw.external_id, raw.content.decode()]) + "\\n")
        if what == "stored":
            print("stored", flush=True)
            await asyncio.sleep(60)  # killed before the centre is answered
        return True

    async def take_report(report):
        if what != "reports":
            print("report", flush=True)
            await asyncio.sleep(60)
        print(report.model_dump_json(), flush=True)

    line = Line(account, take, take_report, lambda problem: None, folder)
    async with CHANNEL.holding(line) as sender:
        print("up", flush=True)
        if what == "sends":
            accepted = await sender.send(outgoing("a message in the hands of a process", id_=key))
            print("accepted", *accepted.names, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


class Child:
    """Our line in another process, to be killed."""

    def __init__(self, smsc: Smsc, folder: Path, what: str, *, key: str = "") -> None:
        arguments = [str(smsc.port), str(folder), what, key or str(uuid4())]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CHILD, *arguments], stdout=subprocess.PIPE
        )

    async def says(self, word: str) -> str:
        assert self._process.stdout is not None
        while True:
            line = await asyncio.wait_for(
                asyncio.to_thread(self._process.stdout.readline), timeout=30
            )
            assert line, "it has ended"
            if line.decode().startswith(word):
                return line.decode().strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


async def test_a_receipt_outlives_the_process_that_sent(smsc: Smsc, tmp_path: Path) -> None:
    await smsc.set(receipts="hold")
    child = Child(smsc, tmp_path, "sends")
    try:
        name = (await child.says("accepted")).split()[1]
    finally:
        child.kill()
    await smsc.set(receipts="after")
    taken = shop(smsc)
    async with held(taken, tmp_path):
        await taken.until(lambda: len(taken.reports) == 1)
        await smsc.until(lambda seen: seen["left"] == 0)
    assert (taken.reports[0].name, taken.reports[0].state) == (name, "delivered")


async def test_an_accepted_message_is_not_sent_again_by_the_next_process(
    smsc: Smsc, tmp_path: Path
) -> None:
    key = uuid4()
    child = Child(smsc, tmp_path, "sends", key=str(key))
    try:
        name = (await child.says("accepted")).split()[1]
    finally:
        child.kill()
    async with held(shop(smsc), tmp_path) as line:
        accepted = await line.send(outgoing("a message in the hands of a process", id_=key))
    assert list(accepted.names) == [name]
    assert len((await smsc.seen())["submits"]) == 1


@pytest.mark.parametrize("moment", ["dies", "stored"])
async def test_a_message_outlives_the_process_that_received_it(
    smsc: Smsc, tmp_path: Path, moment: str
) -> None:
    child = Child(smsc, tmp_path, moment)
    try:
        await child.says("up")
        for part in parts_of(POLISH, reference=5):
            await smsc.deliver(**part)
        await child.says("taking" if moment == "dies" else "stored")
    finally:
        child.kill()
    assert (await smsc.until(lambda seen: seen["bound"] == []))["left"] >= 1
    taken = shop(smsc)
    async with held(taken, tmp_path):
        await smsc.until(lambda seen: seen["left"] == 0)
        await taken.until(lambda: len(taken.raws) == 1)
    assert taken.texts == [POLISH]
    if moment == "stored":  # under the name it has there: the core knows it
        name = json.loads((tmp_path / "store").read_text().splitlines()[0])[0]
        assert list(taken.raws) == [name]


async def test_a_receipt_that_was_not_stored_comes_again(smsc: Smsc, tmp_path: Path) -> None:
    child = Child(smsc, tmp_path, "sends")
    try:
        await child.says("report")
    finally:
        child.kill()
    taken = shop(smsc)
    async with held(taken, tmp_path):
        await taken.until(lambda: len(taken.reports) == 1)
    assert isinstance(taken.reports[0], Report)


async def test_loses_nothing_under_load_and_a_line_that_is_cut(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc, carrier_window=50)

    async def send(number: int) -> None:
        while True:
            try:
                await line.send(message := outgoing(f"number {number}"))
            except NeverWorks:
                raise
            except Exception:
                continue
            accepted.add(message.id)
            return

    accepted: set[Any] = set()
    async with held(taken, tmp_path) as line, asyncio.TaskGroup() as group:
        for number in range(300):
            group.create_task(send(number))
        for number in range(60):
            await smsc.deliver(**from_customer(f"answer {number}"))
            if number == 30:
                await smsc.drop()
        await smsc.until(lambda seen: seen["left"] == 0)
    assert len(accepted) == 300
    sent = {submit["text"] for submit in (await smsc.seen())["submits"]}
    assert sent == {f"number {number}" for number in range(300)}
    assert sorted(taken.texts) == sorted(f"answer {number}" for number in range(60))
