"""Our SMPP client against a centre that shares no code with it."""

import asyncio
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from stoa.contact.channels.protocol import NeverWorks, TryLater
from stoa.contact.channels.sms.smpp import SmppLine
from tests.contact.channels.sms.lines import (
    Taken,
    account_with,
    held,
    outgoing,
    smpp_settings,
)
from tests.factories.sms import OURS
from tests.servers.bad_network import bad_network
from tests.servers.coturn import make_certificate
from tests.servers.smsc import Smsc, running_smsc

POLISH = "Zażółć gęślą jaźń, a potem wróć do nas po odbiór paczki. " * 3
LONG = "A long message that is cut into parts for the network and joined again. " * 5


def shop(smsc: Smsc, **more: Any) -> Taken:
    return Taken(account_with(smpp_settings(smsc.port, **more)))


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        ("Your order {12} costs 10€ [~]", 0),
        ("ΔΦΓΛΩΠΨΣΘΞ is Greek in GSM 7", 0),
        ("Zażółć gęślą jaźń", 8),
        ("Η παραγγελία σας είναι έτοιμη", 8),
        ("Ready 😀", 8),
    ],
)
async def test_sends_what_the_centre_reads(
    smsc: Smsc, tmp_path: Path, text: str, coding: int
) -> None:
    async with held(shop(smsc), tmp_path) as line:
        accepted = await line.send(outgoing(text))
    submit = (await smsc.seen())["submits"][0]
    assert (submit["text"], submit["coding"]) == (text, coding)
    assert (submit["from"], submit["to"]) == (OURS[1:], "48600100200")
    assert (submit["esm_class"], submit["registered"], submit["udh"]) == (0, 1, None)
    assert list(accepted.names) == [submit["id"]]
    assert (accepted.segments, accepted.cost_micros, accepted.currency) == (1, 35_000, "EUR")


@pytest.mark.parametrize("text", [LONG, POLISH], ids=["gsm", "polish"])
async def test_sends_long_texts_in_parts_that_fit(smsc: Smsc, tmp_path: Path, text: str) -> None:
    async with held(shop(smsc), tmp_path) as line:
        accepted = await line.send(outgoing(text))
    submits = (await smsc.seen())["submits"]
    assert "".join(submit["text"] for submit in submits) == text
    assert {submit["esm_class"] for submit in submits} == {0x40}
    headers = [bytes.fromhex(submit["udh"][0]) for submit in submits]
    assert [header[-1] for header in headers] == list(range(1, len(submits) + 1))
    assert len({header[:-1] for header in headers}) == 1
    assert list(accepted.names) == [submit["id"] for submit in submits]
    assert accepted.segments == len(submits) > 2
    assert accepted.cost_micros == 35_000 * len(submits)


async def test_leaves_out_accents_where_that_is_cheaper(smsc: Smsc, tmp_path: Path) -> None:
    async with held(shop(smsc, simplify=True), tmp_path) as line:
        await line.send(outgoing("Zażółć gęślą jaźń"))
    assert (await smsc.seen())["submits"][0]["text"] == "Zazolc gesla jazn"


async def test_shows_a_name_as_the_sender(smsc: Smsc, tmp_path: Path) -> None:
    async with held(shop(smsc, sender="SKLEP"), tmp_path) as line:
        await line.send(outgoing("hello"))
    submit = (await smsc.seen())["submits"][0]
    assert (submit["from"], submit["from_ton"]) == ("SKLEP", 5)


async def test_refuses_what_would_cost_too_much_and_sends_nothing(
    smsc: Smsc, tmp_path: Path
) -> None:
    async with held(shop(smsc, most_segments=2), tmp_path) as line:
        with pytest.raises(NeverWorks, match="sms_too_long"):
            await line.send(outgoing(LONG))
    assert (await smsc.seen())["submits"] == []


async def test_takes_a_dead_number_for_what_it_is(smsc: Smsc, tmp_path: Path) -> None:
    async with held(shop(smsc), tmp_path) as line:
        with pytest.raises(NeverWorks) as caught:
            await line.send(outgoing("hello", to="+48600100999"))
    assert (caught.value.reason, caught.value.code) == ("sms_bad_number", "0x0000000B")
    assert caught.value.is_point_dead


# ---- receipts ----


@pytest.mark.parametrize("style", ["text", "tlv", "both"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_hands_over_receipts_also_before_the_answer(
    smsc: Smsc, tmp_path: Path, style: str, when: str
) -> None:
    await smsc.set(receipts=when, style=style, answers="hold" if when == "before" else True)
    taken = shop(smsc)
    async with held(taken, tmp_path) as line:
        if when == "before":
            sending = asyncio.ensure_future(line.send(outgoing("hello")))
            await taken.until(lambda: len(taken.reports) == 1)
            assert not sending.done()
            await smsc.set(answers=True)
            accepted = await sending
        else:
            accepted = await line.send(outgoing("hello"))
            await taken.until(lambda: len(taken.reports) == 1)
        await smsc.until(lambda seen: seen["left"] == 0)
    report = taken.reports[0]
    assert (report.name, report.state, report.code) == (accepted.names[0], "delivered", "DELIVRD")


async def test_tells_what_was_not_delivered(smsc: Smsc, tmp_path: Path) -> None:
    taken = shop(smsc)
    async with held(taken, tmp_path) as line:
        await line.send(outgoing("hello", to="+48600100777"))
        await taken.until(lambda: len(taken.reports) == 1)
    report = taken.reports[0]
    assert (report.state, report.code, report.is_permanent) == ("failed", "UNDELIV 0A1", True)


async def test_knows_decimal_receipts_of_hexadecimal_ids(smsc: Smsc, tmp_path: Path) -> None:
    await smsc.set(decimal=True, style="text")
    taken = shop(smsc, carrier_has_decimal_receipts=True)
    async with held(taken, tmp_path) as line:
        accepted = await line.send(outgoing("hello"))
        await taken.until(lambda: len(taken.reports) == 1)
    assert taken.reports[0].name == accepted.names[0]


# ---- pace ----


async def test_waits_when_the_centre_throttles_and_loses_nothing(
    smsc: Smsc, tmp_path: Path
) -> None:
    await smsc.set(throttle=3, queue_full=1, receipts="none")
    async with held(shop(smsc), tmp_path) as line:
        texts = [f"message {number}" for number in range(5)]
        await asyncio.gather(*[line.send(outgoing(text)) for text in texts])
    seen = await smsc.seen()
    assert sorted(submit["text"] for submit in seen["submits"]) == texts
    assert seen["refused"] == 4


async def test_gives_a_throttled_message_back_when_its_patience_ends(
    smsc: Smsc, tmp_path: Path
) -> None:
    await smsc.set(throttle=99)
    async with held(shop(smsc, carrier_patience_seconds=0), tmp_path) as line:
        with pytest.raises(TryLater) as caught:
            await line.send(outgoing("hello"))
    assert (caught.value.reason, caught.value.code) == ("sms_throttled", "0x00000058")
    assert caught.value.after is not None
    assert caught.value.after.total_seconds() > 0


async def test_has_no_more_in_flight_than_its_window(smsc: Smsc, tmp_path: Path) -> None:
    await smsc.set(answer_ms=200, receipts="none")
    async with held(shop(smsc, carrier_window=4), tmp_path) as line:
        await asyncio.gather(*[line.send(outgoing(f"{number}")) for number in range(20)])
    seen = await smsc.seen()
    assert len(seen["submits"]) == 20
    assert seen["most_in_flight"] == 4


async def test_sends_no_faster_than_it_may(smsc: Smsc, tmp_path: Path) -> None:
    await smsc.set(receipts="none")
    async with held(shop(smsc, carrier_per_second=50), tmp_path) as line:
        began = time.monotonic()
        await asyncio.gather(*[line.send(outgoing(f"{number}")) for number in range(26)])
        assert time.monotonic() - began >= 0.45
    assert len((await smsc.seen())["submits"]) == 26


# ---- the line ----


async def test_asks_after_the_centre_and_binds_anew_when_it_is_silent(
    smsc: Smsc, tmp_path: Path
) -> None:
    taken = shop(smsc, carrier_enquire_seconds=0.05, carrier_answer_seconds=2)
    async with held(taken, tmp_path):
        await smsc.until(lambda seen: seen["enquiries"] >= 3 and seen["binds"] == 1)
        await smsc.set(alive=False)
        await taken.until(lambda: len(taken.told) >= 2)
        assert str(taken.told[1]) == "sms_no_answer"
        await smsc.set(alive=True)
        await smsc.until(lambda seen: seen["binds"] >= 2)


@pytest.mark.parametrize("how", ["drop", "unbind", "garbage"])
async def test_binds_anew_after_any_end_and_says_so(smsc: Smsc, tmp_path: Path, how: str) -> None:
    taken = shop(smsc)
    async with held(taken, tmp_path) as line:
        if how == "garbage":
            await smsc.write(b"GET / HTTP/1.1\r\n\r\n")
        else:
            await getattr(smsc, how)()
        await taken.until(lambda: len(taken.told) >= 3)
        why = {"drop": "sms_line_cut", "unbind": "sms_line_ended", "garbage": "sms_line_garbled"}
        assert taken.told[1] is not None
        assert taken.told[1].reason == why[how]
        assert taken.told[2] is None
        await line.send(outgoing("after that"))
    assert (await smsc.seen())["submits"][0]["text"] == "after that"


async def test_gives_back_what_a_cut_line_left_open(smsc: Smsc, tmp_path: Path) -> None:
    await smsc.set(answers=False, receipts="none")
    async with bad_network(smsc.port) as network:
        taken = Taken(account_with(smpp_settings(network.port)))
        async with held(taken, tmp_path) as line:
            sending = asyncio.ensure_future(line.send(outgoing("hello")))
            await smsc.until(lambda seen: len(seen["submits"]) == 1)
            network.cut()
            with pytest.raises(TryLater, match="sms_line_cut"):
                await sending


async def test_says_what_is_wrong_while_it_cannot_bind(smsc: Smsc, tmp_path: Path) -> None:
    wrong = shop(smsc, carrier_password="wrong")
    async with held(wrong, tmp_path, waits=False) as line:
        await wrong.until(lambda: len(wrong.told) == 1)
        assert str(wrong.told[0]) == "sms_bad_login 0x0000000D"
        sending = asyncio.ensure_future(line.send(outgoing("hello")))
        with pytest.raises(TryLater, match="sms_line_down"):
            await sending


async def test_speaks_tls_and_takes_passwords_of_any_length(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, host="127.0.0.1")
    async with running_smsc(certificate=certificate, key=key) as smsc:
        settings = {
            "carrier_tls": True,
            "carrier_ca": certificate.read_text(),
            "carrier_system_id": "long",
            "carrier_password": "a password of more than eight",
        }
        async with held(shop(smsc, **settings), tmp_path) as line:
            await line.send(outgoing("hello"))
        assert (await smsc.seen())["submits"][0]["text"] == "hello"
        stranger = shop(smsc, carrier_tls=True)
        async with held(stranger, tmp_path / "other", waits=False):
            await stranger.until(lambda: len(stranger.told) == 1)
        assert str(stranger.told[0]) == "sms_not_reached SSLCertVerificationError"


async def test_sends_only_the_parts_that_are_not_accepted_yet(smsc: Smsc, tmp_path: Path) -> None:
    await smsc.set(receipts="none")
    message = outgoing(LONG, id_=uuid4())
    taken = shop(smsc, carrier_patience_seconds=0)
    async with held(taken, tmp_path) as line:
        await _first_part_only(line, smsc, message)
    async with held(taken, tmp_path) as line:  # another process, for all it knows
        accepted = await line.send(message)
        again = await line.send(message)
    submits = (await smsc.seen())["submits"]
    assert "".join(submit["text"] for submit in submits) == LONG
    assert len({submit["udh"][0][:8] for submit in submits}) == 1
    assert list(accepted.names) == [submit["id"] for submit in submits]
    assert again == accepted


async def _first_part_only(line: SmppLine, smsc: Smsc, message: Any) -> None:
    await smsc.set(answers="hold")
    sending = asyncio.ensure_future(line.send(message))
    await smsc.until(lambda seen: len(seen["submits"]) == 1)
    await smsc.set(throttle=1, answers=True)
    with pytest.raises(TryLater, match="sms_throttled"):
        await sending
