"""Where mail goes until there is a mail channel."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from stoa.notices.mail import Mail, transport_of
from stoa.platform.clock import now
from stoa.platform.config import Settings

MAIL = Mail(
    key="order.placed:1",
    sender_name="Στοά\r\nBcc: all@example.org",
    sender="shop@example.org",
    to="anna@example.org",
    locale="pl",
    subject="Zamówienie\nM-00001",
    text="Dziękujemy.",
    html="<p>Dziękujemy.</p>",
    sent_at=now(),
)


async def test_the_console_shows_what_the_customer_would_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await transport_of(Settings(data_dir=tmp_path, mail_transport="console")).send(MAIL)
    shown = capsys.readouterr().out
    assert "To: anna@example.org\nSubject: Zamówienie M-00001\n\nDziękujemy.\n" in shown


async def test_a_file_is_one_message_however_often_it_is_sent(tmp_path: Path) -> None:
    transport = transport_of(Settings(data_dir=tmp_path))
    await transport.send(MAIL)
    await transport.send(MAIL)
    [path] = (tmp_path / "mail").iterdir()
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert message["Subject"] == "Zamówienie M-00001"
    assert message["Bcc"] is None
    assert message["Content-Language"] == "pl"
