"""What came in, the words that withdraw, numbers and prices: pure."""

from datetime import UTC, datetime

import pytest

from stoa.contact.channels.forms import join, schema_of
from stoa.contact.channels.protocol import Inbound, Raw, Unreadable
from stoa.contact.channels.sms.arrivals import Part, SmppMessage
from stoa.contact.channels.sms.channel import CHANNEL
from stoa.contact.channels.sms.encoding import encode, split
from stoa.contact.channels.sms.numbers import e164, smpp_source
from stoa.contact.channels.sms.pdu import Deliver, Pdu, read_deliver, report_of
from stoa.contact.channels.sms.prices import price_of
from stoa.contact.channels.sms.settings import SmsSettings
from stoa.contact.channels.sms.stop import is_stop
from stoa.platform.errors import InvalidInput
from tests.contact.channels.sms.lines import account_with, smpp_settings

ACCOUNT = account_with(smpp_settings(2775))
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)


def raw(*parts: Part, source: str = "48600100200", ton: int = 1, total: int = 0) -> Raw:
    message = SmppMessage(
        source=source,
        source_ton=ton,
        destination="48221234567",
        at=AT,
        total=total or len(parts),
        parts=list(parts),
    )
    return Raw("mo-1", message.model_dump_json().encode())


def gsm(text: str, number: int = 1) -> Part:
    return Part(number=number, data_coding=0, octets=encode(text, "gsm7").hex())


def parsed(raw: Raw) -> Inbound:
    found = CHANNEL.parse(ACCOUNT, raw)
    assert isinstance(found, Inbound)
    return found


def test_reads_a_message() -> None:
    message = parsed(raw(gsm("Is my order {7} on its way?")))
    assert (message.name, message.text) == ("mo-1", "Is my order {7} on its way?")
    assert (message.point.kind, message.point.value) == ("phone", "+48600100200")
    assert (message.sent_at, message.is_automatic, message.locale) == (AT, False, None)


def test_joins_letters_that_were_cut_in_two() -> None:
    euro = encode("€", "gsm7")
    escape = [
        Part(number=1, data_coding=0, octets=(b"10" + euro[:1]).hex()),
        Part(number=2, data_coding=0, octets=(euro[1:] + b"!").hex()),
    ]
    assert parsed(raw(*escape)).text == "10€!"
    smile = "ok 😀".encode("utf-16-be")
    pair = [
        Part(number=1, data_coding=8, octets=smile[:-2].hex()),
        Part(number=2, data_coding=8, octets=smile[-2:].hex()),
    ]
    assert parsed(raw(*pair)).text == "ok 😀"


def test_shows_where_a_part_is_missing() -> None:
    assert parsed(raw(gsm("b", 2), gsm("d", 4), total=5)).text == "[…]b[…]d[…]"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (Raw("x", b"nothing"), "not_an_sms"),
        (Raw("x", b"[]"), "not_an_sms"),
        (Raw("x", b'{"provider": "smpp", "pdu": "00"}'), "not_an_sms"),
        (Raw("x", b'{"provider": "pigeon"}'), "not_an_sms"),
        (raw(gsm("offer"), source="OPERATOR", ton=5), "sender_not_a_number"),
        (raw(gsm("offer"), source="5010", ton=3), "sender_not_a_number"),
        (raw(Part(number=1, data_coding=4, octets="01")), "sms_not_text"),
    ],
)
def test_sets_aside_what_cannot_be_answered_or_read(broken: Raw, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        CHANNEL.parse(ACCOUNT, broken)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "stop", " Stop. ", "STOP!", "Stopp", "ΣΤΟΠ", "στοπ", "ΣTOΠ", "Wypisz"),
        *("ABMELDEN", "disiscrivimi", "Διαγραφή", "unsubscribe", '"STOP"', "stop sms"),
    ],
)
def test_hears_a_withdrawal_in_five_languages(text: str) -> None:
    assert is_stop(text)
    assert parsed(raw(*_as_sent(text))).is_withdrawal


def _as_sent(text: str) -> list[Part]:
    return [Part(number=1, data_coding=8, octets=text.encode("utf-16-be").hex())]


@pytest.mark.parametrize(
    "text",
    [
        *("stop it, please", "Does the bus stop there?", "START", "koniec", "no", "", "end"),
        *("cancel", "non stop", "STOPSTOP", "Nie", "Stop\nand one more thing"),
    ],
)
def test_takes_nothing_else_for_a_withdrawal(text: str) -> None:
    assert not is_stop(text)


@pytest.mark.parametrize(
    ("value", "country", "number"),
    [
        ("600 100 200", "PL", "+48600100200"),
        ("+30 690 000 0777", "PL", "+306900000777"),
        ("48600100200", "PL", "+48600100200"),
        ("48600100200", "GR", "+48600100200"),
        ("6912345678", "GR", "+306912345678"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("5010", "PL", None),
        ("SKLEP", "PL", None),
        ("", "PL", None),
    ],
)
def test_reads_numbers_as_the_country_writes_them(
    value: str, country: str, number: str | None
) -> None:
    assert e164(value, country=country) == number


@pytest.mark.parametrize(
    ("sender", "ton", "npi"), [("+48221234567", 1, 1), ("71234", 3, 0), ("Shop 24", 5, 0)]
)
def test_says_what_kind_of_sender_it_is(sender: str, ton: int, npi: int) -> None:
    address = smpp_source(sender)
    assert (address.ton, address.npi) == (ton, npi)


def test_prices_by_the_longest_prefix() -> None:
    settings = smpp_settings(2775)
    polish = price_of(settings, to="+48600100200", segments=3)
    assert polish is not None
    assert (polish.micros, polish.currency) == (105_000, "EUR")
    other = price_of(settings, to="+306900000777", segments=2)
    assert other is not None
    assert other.micros == 180_000
    assert price_of(smpp_settings(2775, prices=[]), to="+48600100200", segments=1) is None


def test_a_price_is_drawn_as_an_amount_and_a_refusal_names_its_row() -> None:
    price = schema_of(SmsSettings)["$defs"]["Price"]["properties"]["micros"]
    assert (price["type"], price["format"]) == ("integer", "micros")
    plain = smpp_settings(2775).model_dump(mode="json")
    prices = [{"prefix": "+48", "micros": 45_000}, {"prefix": "+", "micros": None}]
    with pytest.raises(InvalidInput) as refusal:
        join(SmsSettings, plain={**plain, "prices": prices}, secrets={})
    assert [problem.field for problem in refusal.value.fields] == ["settings.prices.1.micros"]


# ---- octets that a centre may send ----


def _receipt(text: str, extras: dict[int, bytes] | None = None) -> Deliver:
    source = read_deliver(
        Pdu(5, 1, bytes.fromhex("00 0101 3400 0101 3500 04 0000 00 00 0000 00 00 00"))
    )
    return Deliver(
        source.source, source.destination, 4, 0, text.encode("latin-1"), None, extras or {}
    )


@pytest.mark.parametrize(
    ("text", "extras", "name", "state", "code"),
    [
        (
            "id:1a sub:001 dlvrd:001 stat:DELIVRD err:000 text:id:9",
            {},
            "1a",
            "delivered",
            "DELIVRD",
        ),
        ("ID:77 STAT:UNDELIV ERR:0A1", {}, "77", "failed", "UNDELIV 0A1"),
        ("id:77 stat:EXPIRED", {}, "77", "failed", "EXPIRED"),
        ("id:77 stat:ENROUTE", {}, "77", "sent", "ENROUTE"),
        ("id:77 stat:DELIVERED", {}, "77", "delivered", "DELIVRD"),
        ("id:77 stat:NONSENSE", {}, None, "", ""),
        ("id:77", {}, None, "", ""),
        ("", {0x1E: b"ab\0", 0x427: b"\x02"}, "ab", "delivered", "DELIVRD"),
        ("id:9 stat:DELIVRD", {0x1E: b"ab\0", 0x427: b"\x08"}, "ab", "failed", "REJECTD"),
        ("", {0x1E: b"ab\0"}, None, "", ""),
    ],
)
def test_reads_receipts_of_both_kinds(
    text: str, extras: dict[int, bytes], name: str | None, state: str, code: str
) -> None:
    report = report_of(_receipt(text, extras))
    if name is None:
        assert report is None
        return
    assert report is not None
    assert (report.name, report.state, report.code) == (name, state, code)


def test_knows_a_number_that_nobody_has() -> None:
    report = report_of(_receipt("id:1 stat:UNDELIV", {0x423: b"\x03\x00\x01"}))
    assert report is not None
    assert report.is_point_dead
    assert report.code == "UNDELIV 1"


def test_a_receipt_tells_when() -> None:
    report = report_of(_receipt("id:1 stat:DELIVRD done date:2611301405"))
    assert report is not None
    assert report.at == datetime(2026, 11, 30, 14, 5, tzinfo=UTC)


def test_parts_are_cut_where_a_handset_can_join_them() -> None:
    parts = split("€" * 200)
    assert [len(part) for part in parts] == [76, 76, 48]
