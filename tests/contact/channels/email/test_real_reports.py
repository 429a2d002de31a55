"""What a real postfix says became of our mails is read as it means it."""

import smtplib
from datetime import UTC, datetime

import pytest

from stoa.contact.channels.email.composing import compose
from stoa.contact.channels.email.reading import parse_mail
from stoa.contact.channels.email.sending import MailSender
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.protocol import Inbound, Nothing, Raw, Report
from tests.contact.channels.email.conftest import Core, account_of, arrived, outgoing_of
from tests.servers.mail import MailServers
from tests.servers.ports import HOST


def read(content: bytes, settings: EmailSettings) -> Report:
    parsed = parse_mail(account_of(settings), Raw("1", content))
    assert isinstance(parsed, Report)
    return parsed


async def test_a_mail_that_comes_back_is_known(
    mail: MailServers, settings: EmailSettings, core: Core
) -> None:
    sender = MailSender(account_of(settings), settings, tell=core.tell)
    outgoing = outgoing_of("text", to="nobody@void.example")  # taken, and refused further on
    accepted = await sender.send(outgoing)
    await sender.aclose()
    report = read(await arrived(mail, settings.address, containing=str(outgoing.id)), settings)
    assert [report.name] == list(accepted.names)
    assert (report.state, report.code, report.is_permanent) == ("failed", "5.1.1", True)
    assert report.is_point_dead
    assert "nobody@void.example" in report.text


@pytest.mark.parametrize("returned", ["RET=FULL", "RET=HDRS"])
async def test_a_mail_that_arrived_is_known(
    mail: MailServers, settings: EmailSettings, returned: str
) -> None:
    outgoing = outgoing_of("text", to="jorgos@customer.example")
    at = datetime(2026, 11, 2, 10, tzinfo=UTC)
    composed = compose(outgoing, settings=settings, shop_name="Stoa", sent_at=at)
    with smtplib.SMTP(HOST, mail.smtp_port) as smtp:
        smtp.ehlo()
        smtp.mail(settings.address, [returned, f"ENVID={outgoing.id}"])
        smtp.rcpt("jorgos@customer.example", ["NOTIFY=SUCCESS,FAILURE"])
        smtp.data(composed.content)
    report = read(await arrived(mail, settings.address, containing=str(outgoing.id)), settings)
    assert report.name == composed.message_id
    assert report.state == "delivered"


async def test_our_own_mail_and_a_customers_are_told_apart(
    mail: MailServers, settings: EmailSettings, core: Core
) -> None:
    sender = MailSender(account_of(settings), settings, tell=core.tell)
    outgoing = outgoing_of("text", to="sales@shop.example")
    await sender.send(outgoing)
    await sender.aclose()
    content = await arrived(mail, "sales@shop.example", containing=str(outgoing.id))
    assert parse_mail(account_of(settings), Raw("1", content)) == Nothing("own_mail")
    theirs = content.replace(b"X-Stoa-Delivery:", b"X-Other:").replace(
        b"shop@shop.example", b"anna@customer.example"
    )
    assert isinstance(parse_mail(account_of(settings), Raw("1", theirs)), Inbound)
