"""What centres and handsets do that no specification has."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.channels.protocol import Report
from stoa.contact.channels.sms.pdu import (
    DATA_SM,
    DELIVER_SM,
    Address,
    BadPdu,
    Deliver,
    Pdu,
    name_of,
    read_deliver,
    report_of,
)
from stoa.contact.channels.sms.stop import is_stop
from tests.contact.channels.sms.lines import Taken, account_with, held, outgoing, smpp_settings
from tests.contact.channels.sms.test_arrivals import from_customer
from tests.servers.smsc import Smsc

RECEIPT = "id:{} sub:001 dlvrd:001 submit date:2611211800 done date:2611211801 stat:DELIVRD err:000"


def a_deliver(text: bytes, **more: Any) -> Deliver:
    fields: dict[str, Any] = {"esm_class": 0, "data_coding": 0, "concat": None, **more}
    return Deliver(Address("48600100200"), Address("48221234567"), content=text, **fields)


@pytest.mark.parametrize(
    "text",
    [
        RECEIPT.format("0A1"),
        f"{RECEIPT.format('0A1')} text:Your parcel",
        "id: a1 sub: 1 dlvrd: 1 submit date: 2611211800 done date: 2611211801 stat: DELIVERED",
        "ID:00A1 SUB:001 DLVRD:001 STAT:DELIVRD",
    ],
)
def test_a_receipt_that_does_not_say_so_is_one_and_no_message(text: str) -> None:
    deliver = a_deliver(text.encode())
    assert deliver.is_receipt
    report = report_of(deliver)
    assert report is not None
    assert (report.name, report.state) == ("a1", "delivered")


@pytest.mark.parametrize(
    "text",
    ["id: 7, sub: none", "My id:12 stat:OK please", "id:1 sub:001", "stat:DELIVRD id:1", ""],
)
def test_a_message_that_is_a_little_like_a_receipt_is_a_message(text: str) -> None:
    assert not a_deliver(text.encode()).is_receipt


def test_reads_a_receipt_in_ucs2() -> None:
    text = RECEIPT.format("a1").encode("utf-16-be")
    report = report_of(a_deliver(text, esm_class=4, data_coding=8))
    assert report is not None
    assert (report.name, report.state) == ("a1", "delivered")


def test_a_step_that_is_unknown_is_no_oddity_and_changes_nothing() -> None:
    report = report_of(a_deliver(b"id:a1 sub:001 dlvrd:000 stat:BUFFRED err:000", esm_class=4))
    assert report == Report(name="a1", state="sent", code="BUFFRED")


@pytest.mark.parametrize(
    ("one", "other"), [("0A1F", "a1f"), ("0000123", "123"), ("A-b", "a-b"), ("000", "000")]
)
def test_a_message_has_one_name_however_it_is_written(one: str, other: str) -> None:
    assert name_of(one) == name_of(other) == other


async def test_no_receipt_becomes_a_message_of_the_customer(smsc: Smsc, tmp_path: Path) -> None:
    await smsc.set(receipts="none")
    taken = Taken(account_with(smpp_settings(smsc.port)))
    async with held(taken, tmp_path) as line:
        accepted = await line.send(outgoing("hello"))
        [name] = accepted.names
        text = RECEIPT.format(name.upper().zfill(10))
        await smsc.deliver(**from_customer("", octets=text.encode().hex(), data_coding=0))
        await smsc.until(lambda seen: seen["left"] == 0)
        assert [report.name for report in taken.reports] == [name]
        assert taken.messages == []


@pytest.mark.parametrize(
    "text",
    [
        "STOP", " stop. ", "Stop!", "STOP, ", "„Stop”", "stop 🙏", "(STOP)", "STOP\n\nSMS",
        "Stopp!", "abmelden.", "Abbestellen",
        "rezygnuję", "REZYGNUJE", "wypisz mnie!", "Wypisz\u00a0mnie",
        "disiscrivimi", "Cancellami.",
        "στοπ", "Στόπ", unicodedata.normalize("NFD", "στόπ"), "ΣTOΠ", "διαγραφή!", "διακοπή",
        "SΤΟΡ",  # on a Greek keyboard
        "Стоп",
    ],
)  # fmt: skip
def test_hears_stop_however_it_is_written(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "🙏",
        "Bus stop",
        "stop at the door",
        "Non-stop",
        "Don't stop",
        "Stop please, no: go",
    ],
)
def test_takes_no_other_word_for_stop(text: str) -> None:
    assert not is_stop(text)


@given(
    body=st.binary(max_size=300),
    command=st.sampled_from([DELIVER_SM, DATA_SM]),
    is_decimal=st.booleans(),
)
def test_whatever_a_centre_delivers_is_read_or_no_pdu(
    body: bytes, command: int, *, is_decimal: bool
) -> None:
    # A fault here would be answered with "later", and the same would come again and again.
    try:
        deliver = read_deliver(Pdu(command, 1, body))
    except BadPdu:
        return
    if deliver.is_receipt:
        report_of(deliver, has_decimal_ids=is_decimal)


def test_an_id_of_thousands_of_digits_is_a_name_like_another() -> None:
    deliver = a_deliver(b"id:" + b"9" * 5_000 + b" stat:DELIVRD", esm_class=4)
    report = report_of(deliver, has_decimal_ids=True)
    assert report is not None
    assert report.state == "delivered"
    assert len(report.name) == 200
