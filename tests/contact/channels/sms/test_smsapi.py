"""Calls as SMSAPI makes them, which does not sign."""

from urllib.parse import urlencode

import pytest

from stoa.contact.channels.protocol import Raw, Report
from stoa.platform.errors import Forbidden
from tests.contact.channels.sms.lines import outgoing
from tests.contact.channels.sms.providers import SECRET, brought, call, read
from tests.factories.sms import OURS

KEY = urlencode({"key": SECRET})


async def test_smsapi_brings_a_message_and_is_answered_with_its_word() -> None:
    params = {
        "MsgId": "M1",
        "sms_to": OURS[1:],
        "sms_from": "48600100200",
        "sms_text": "Gdzie jest paczka?",
        "sms_date": "1796040000",
        "username": "shop",
    }
    request = call("POST", KEY, urlencode(params).encode())
    [raw] = await brought("smsapi", request)
    message = read("smsapi", raw)
    assert message.name.startswith("M1-")
    assert message.text == "Gdzie jest paczka?"
    assert message.point.value == "+48600100200"
    assert message.sent_at is not None
    assert request.state.hook_answer.body == b"OK"
    assert SECRET not in (raw.content.decode() if isinstance(raw, Raw) else "")


async def test_smsapi_knows_a_repeated_message_from_another_to_the_same() -> None:
    # What MsgId names in an answer, the message itself or ours, the provider does not promise.
    said = {"MsgId": "M1", "sms_from": "48600100200", "sms_date": "1796040000"}
    ids = []
    for text in ("Yes", "Yes", "Wait, no"):
        request = call("POST", KEY, urlencode({**said, "sms_text": text}).encode())
        [raw] = await brought("smsapi", request)
        assert isinstance(raw, Raw)
        ids.append(raw.external_id)
    assert ids[0] == ids[1]
    assert ids[0] != ids[2]


async def test_smsapi_brings_several_receipts_at_once() -> None:
    first, second = str(outgoing("x").id), str(outgoing("x").id)
    query = f"MsgId=A,B,C&status=404,405,409&idx={first},{second},x&donedate=1796040000,,&{KEY}"
    reports = await brought("smsapi", call("GET", query))
    assert [
        (report.name, report.state, report.code) for report in reports if isinstance(report, Report)
    ] == [(first, "delivered", "DELIVERED"), (second, "failed", "UNDELIVERED")]


async def test_smsapi_needs_the_secret_address() -> None:
    for query in ("", "key=wrong", "MsgId=A&status=404"):
        with pytest.raises(Forbidden):
            await brought("smsapi", call("GET", query))
