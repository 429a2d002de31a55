"""The check says in words what a real server says in codes, and what the world can look up."""

from collections.abc import Sequence
from typing import Any

import pytest

from stoa.contact.channels.email.checking import Ask, check
from stoa.contact.channels.email.keys import make_key, read_key
from stoa.contact.channels.email.round_trip import compose_test, is_own_test, make_mark
from stoa.contact.channels.email.settings import EmailSettings
from tests.contact.channels.email.conftest import account_of, mail_of, settings_of
from tests.servers.mail import MailServers

KEY = make_key()
TOKEN_KEY = b"k" * 32
RECORD = read_key(KEY).record


def told(**records: str) -> Ask:
    async def ask(name: str) -> Sequence[str] | None:
        found = records.get(name.split(".")[0].lstrip("_") if name.count(".") > 1 else "own")
        return None if found == "nobody" else [found] if found else []

    return ask


GOOD = {"own": "v=spf1 mx -all", "dmarc": "v=DMARC1; p=none"}


async def codes(settings: EmailSettings, ask: Ask) -> dict[str, bool]:
    return {
        finding.code: finding.is_good
        for finding in await check(account_of(settings), settings, ask=ask)
    }


async def test_all_is_well(mail: MailServers) -> None:
    settings = settings_of(mail, dkim_domain="shop.example", dkim_key=KEY)
    found = await codes(settings, told(**GOOD, stoa=RECORD.replace("; p=", ";\tp= ")))
    assert found == {
        "imap_works": True,
        "smtp_works": True,
        "test_works": True,
        "dkim_works": True,
        "policy_works": True,
    }
    assert not any(b"X-Stoa-Test" in content for content in mail.mails_of("shop@shop.example"))


async def test_says_when_a_mail_leaves_and_does_not_come_back(
    mail: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoa.contact.channels.email.round_trip.BACK_SECONDS", 1.0)
    # It goes to one mailbox, and another is looked into: as with a wrong forwarding.
    settings = settings_of(mail, imap_username="sales@shop.example")
    found = await codes(settings, told(**GOOD))
    assert found["test_missing"] is False


def test_a_test_mail_is_known_by_who_made_it_only(mail: MailServers) -> None:
    content = compose_test(settings_of(mail), mark=make_mark(TOKEN_KEY))
    assert is_own_test(content, key=TOKEN_KEY)
    assert not is_own_test(content, key=b"x" * 32)
    assert not is_own_test(mail_of("hello", x_stoa_test="word.signature"), key=TOKEN_KEY)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"imap_password": "wrong"}, "imap_login"),
        ({"imap_folder": "Nowhere"}, "imap_folder"),
        ({"imap_port": 1}, "imap_unreachable"),
        ({"smtp_password": "wrong"}, "smtp_login"),
        ({"smtp_port": 1}, "smtp_unreachable"),
        (
            {"address": "nobody@shop.example", "smtp_username": "shop@shop.example"},
            "no_such_mailbox",
        ),
        ({"dkim_domain": "else.example", "dkim_key": KEY}, "dkim_elsewhere"),
    ],
)
async def test_says_what_is_wrong(mail: MailServers, wrong: dict[str, Any], code: str) -> None:
    found = await codes(settings_of(mail, **wrong), told(**GOOD, stoa=RECORD))
    assert found[code] is False


@pytest.mark.parametrize(
    ("published", "code", "is_good"),
    [
        ("", "dkim_missing", False),
        (read_key(make_key()).record, "dkim_differs", False),
        ("nobody", "dkim_not_known", True),
    ],
)
async def test_shows_the_record_to_publish(
    mail: MailServers, published: str, code: str, is_good: bool
) -> None:
    settings = settings_of(mail, dkim_domain="shop.example", dkim_key=KEY)
    found = await check(account_of(settings), settings, ask=told(**GOOD, stoa=published))
    [finding] = [each for each in found if each.code == code]
    assert finding.is_good is is_good
    assert finding.params == {"name": "stoa._domainkey.shop.example", "record": RECORD}


async def test_says_what_a_domain_lacks(mail: MailServers) -> None:
    found = await codes(settings_of(mail), told())
    assert found["spf_missing"] is found["dmarc_missing"] is False
