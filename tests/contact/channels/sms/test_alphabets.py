"""A centre whose own alphabet is Latin 1."""

from pathlib import Path

import pytest

from stoa.contact.channels.sms.encoding import carried, octets_of
from tests.contact.channels.sms.lines import Taken, account_with, held, outgoing, smpp_settings
from tests.contact.channels.sms.test_arrivals import from_customer
from tests.servers.smsc import Smsc


@pytest.mark.parametrize(
    ("text", "encoding", "octets"),
    [
        ("a@b.pl ü", "gsm7", b"a@b.pl \xfc"),
        ("[x]", "gsm7", b"[x]"),
        ("5 €", "ucs2", "5 €".encode("utf-16-be")),
        ("ΩΡΑ", "ucs2", "ΩΡΑ".encode("utf-16-be")),
        ("zażółć", "ucs2", "zażółć".encode("utf-16-be")),
        ("£ þ", "ucs2", "£ þ".encode("utf-16-be")),  # Latin 1 has it, and a handset in GSM has not
    ],
)
def test_is_given_what_it_can_turn_into_gsm(text: str, encoding: str, octets: bytes) -> None:
    chosen = carried(text, own="latin1")
    assert chosen == encoding
    assert octets_of(text, chosen, own="latin1") == octets


async def test_both_ways_by_a_centre_that_writes_latin_1(smsc: Smsc, tmp_path: Path) -> None:
    taken = Taken(account_with(smpp_settings(smsc.port, carrier_alphabet="latin1")))
    async with held(taken, tmp_path) as line:
        await line.send(outgoing("für a@b.de"))
        octets = "Grüße @ Jörg [ß]".encode("latin-1").hex()
        await smsc.deliver(**from_customer("", octets=octets, data_coding=0))
        await smsc.until(lambda seen: seen["left"] == 0)
    assert taken.texts == ["Grüße @ Jörg [ß]"]
    [submit] = (await smsc.seen())["submits"]
    assert submit["coding"] == 0
