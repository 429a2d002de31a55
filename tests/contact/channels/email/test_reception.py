"""Forwarded mail reaches us from a real postfix by LMTP, and from anybody by SMTP."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from stoa.contact.channels.email.keys import make_key, read_key
from stoa.contact.channels.email.mail_data import MAIL_BYTES_MAX
from stoa.contact.channels.email.proving import DnsAway, Records, proofs_of
from stoa.contact.channels.email.reception import (
    Reception,
    Recipient,
    receiving,
    without_tag,
)
from stoa.contact.channels.email.signing import sign
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.mail_reception import keeping_mail_reception
from stoa.contact.channels.protocol import Raw
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contact.channels.email.conftest import arrived, mail_of
from tests.factories.shops import make_shop, with_reactions
from tests.servers.coturn import make_certificate
from tests.servers.mail import MailServers

INBOX, OTHER, OFF = UUID(int=1), UUID(int=2), UUID(int=3)
KEY = read_key(make_key())


@dataclass
class Box:
    """Stands for the core: two inboxes, and one that is switched off."""

    taken: list[tuple[UUID, Raw]] = field(default_factory=list)
    fails: Callable[[UUID], bool] = lambda _: False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def lookup(self, address: str) -> Recipient | None:
        known = {
            "inbox@forward.example": Recipient(INBOX, True),
            "other@forward.example": Recipient(OTHER, True),
            "off@forward.example": Recipient(OFF, False),
        }
        return known.get(address)

    async def take(self, inbox_id: UUID, raw: Raw) -> bool:
        self.changed.set()
        if self.fails(inbox_id):
            raise ConnectionError("the database is away")
        is_new = (inbox_id, raw.external_id) not in [(i, r.external_id) for i, r in self.taken]
        if is_new:
            self.taken.append((inbox_id, raw))
        return is_new

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


def record_of(name: str) -> bytes | None:
    return KEY.record.encode() if name == "s1._domainkey.customer.example" else None


@asynccontextmanager
async def listening(
    box: Box, *, protocol: str = "smtp", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    reception = Reception(
        lookup=box.lookup, take=box.take, hostname="stoa.example", records=Records(record_of)
    )
    async with receiving(
        reception, protocol=protocol, host="127.0.0.1", port=port, tls=tls
    ) as taken:
        yield taken


def signed(
    text: str, *, sender: str = "anna@customer.example", to: str = "inbox@forward.example"
) -> bytes:
    content = mail_of(text, sender=sender, to=to)
    return sign(content, key=KEY, domain="customer.example", selector="s1") + content


async def send(port: int, content: bytes, *to: str) -> dict[str, tuple[int, bytes]]:
    """What was refused."""

    def run() -> dict[str, tuple[int, bytes]]:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            return smtp.sendmail("anna@customer.example", to, content)

    return await asyncio.to_thread(run)


async def test_takes_what_postfix_forwards_and_proves_who_wrote_it(mail: MailServers) -> None:
    box = Box()
    text = f"forwarded {new_id()}"
    async with listening(box, protocol="lmtp", port=mail.reception_port):
        to = ["inbox+t0ken@forward.example", "Other@forward.example"]
        await asyncio.to_thread(mail.post, signed(text), to=to, sender="anna@customer.example")
        await box.until(lambda: len(box.taken) == 2)
    raws = dict(box.taken)
    assert set(raws) == {INBOX, OTHER}
    raw = raws[INBOX]
    assert raw.envelope.sender == "anna@customer.example"
    assert "inbox+t0ken@forward.example" in raw.envelope.recipients
    assert raw.envelope.proofs == {"dkim": "customer.example"}
    assert raw.content.startswith(b"Received: from mx.example ([127.0.0.1])\r\n by stoa.example")
    assert text.encode() in raw.content


async def test_an_unknown_address_comes_back_to_the_sender(mail: MailServers) -> None:
    box = Box()
    async with listening(box, protocol="lmtp", port=mail.reception_port):
        content = mail_of(f"x {new_id()}", sender="jorgos@customer.example")
        await asyncio.to_thread(
            mail.post, content, to="nobody@forward.example", sender="jorgos@customer.example"
        )
        report = await arrived(mail, "jorgos@customer.example", containing="nobody@forward.example")
    assert b"Status: 5.1.1" in report
    assert box.taken == []


async def test_what_cannot_be_stored_comes_again_and_is_one(mail: MailServers) -> None:
    box = Box()
    box.fails = lambda inbox_id: inbox_id == OTHER
    text = f"again {new_id()}"
    async with listening(box, protocol="lmtp", port=mail.reception_port):
        to = ["inbox@forward.example", "other@forward.example"]
        await asyncio.to_thread(mail.post, signed(text), to=to, sender="anna@customer.example")
        await box.until(lambda: len(box.taken) == 1)
        box.fails = lambda _: False
        await box.until(lambda: len(box.taken) == 2)
    assert [inbox_id for inbox_id, _ in box.taken] == [INBOX, OTHER]


async def test_takes_mail_from_anybody_by_smtp_with_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoa.contact.channels.email.reception.CONNECTIONS_MAX", 1)
    box = Box()
    certificate, key = make_certificate(tmp_path, host="127.0.0.1")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)

    def run(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=str(certificate)))
            smtp.ehlo()
            assert not smtp.has_extn("auth")
            with pytest.raises(smtplib.SMTPConnectError, match="Too many connections"):
                smtplib.SMTP("127.0.0.1", port)
            smtp.sendmail("a@customer.example", ["inbox@forward.example"], signed("by TLS"))

    async with listening(box, tls=tls) as port:
        await asyncio.to_thread(run, port)
    [(_, raw)] = box.taken
    assert b"with ESMTPS;" in raw.content


async def test_refuses_in_the_words_of_the_protocol() -> None:
    box = Box()
    async with listening(box) as port:
        refused = await send(
            port,
            signed("hello"),
            *("inbox@forward.example", "nobody@forward.example", "off@forward.example"),
        )
        assert {address: code for address, (code, _) in refused.items()} == {
            "nobody@forward.example": 550,
            "off@forward.example": 450,
        }
        assert len(box.taken) == 1
        box.fails = lambda _: True
        with pytest.raises(smtplib.SMTPDataError) as raised:
            await send(port, signed("later"), "inbox@forward.example")
        assert raised.value.smtp_code == 451
        box.fails = lambda _: False
        circling = b"Received: from a by b; Mon\r\n" * 60 + signed("round and round")
        with pytest.raises(smtplib.SMTPDataError) as raised:
            await send(port, circling, "inbox@forward.example")
        assert raised.value.smtp_code == 554
        too_large = signed("x") + b"x" * 76 * 1000 + b"\r\n" * 10
        with pytest.raises(smtplib.SMTPSenderRefused) as refused_size:
            await send(port, too_large + b" " * MAIL_BYTES_MAX, "inbox@forward.example")
        assert refused_size.value.smtp_code == 552
    assert len(box.taken) == 1


async def test_takes_lines_that_are_longer_than_they_may_be() -> None:
    box = Box()
    async with listening(box) as port:
        await send(port, mail_of("<html>" + "x" * 200_000), "inbox@forward.example")
    assert len(box.taken) == 1


@pytest.mark.parametrize(
    ("content", "is_proven"),
    [
        (signed("x"), True),
        (signed("x").replace(b"\r\n\r\nx", b"\r\n\r\ny"), False),
        (signed("x", sender="anna@other.example"), False),
        (signed("x", sender="anna@mail.customer.example"), True),
        (b"From: boss@bank.example\r\n" + signed("x"), False),
        (mail_of("x"), False),
        (b"DKIM-Signature: nonsense\r\n" + mail_of("x"), False),
        (
            b"DKIM-Signature: v=1; a=rsa-sha256; d=\xff; h=from; s=s; bh=; b=\r\n" + mail_of("x"),
            False,
        ),
    ],
)
def test_a_signature_proves_its_own_domain_only(content: bytes, is_proven: bool) -> None:
    proofs = proofs_of(content, records=Records(record_of))
    assert proofs == ({"dkim": "customer.example"} if is_proven else {})


def test_without_a_dns_nothing_is_proven_and_nobody_waits_twice() -> None:
    asked = []

    def away(name: str) -> bytes | None:
        asked.append(name)
        raise DnsAway

    records = Records(away)
    assert proofs_of(signed("x"), records=records) == {}
    assert proofs_of(signed("y"), records=records) == {}
    assert len(asked) == 1


def test_a_tag_leads_to_the_same_inbox() -> None:
    assert without_tag("Shop+T0ken@Shop.Example") == "shop@shop.example"
    assert without_tag("shop@żółw.example") == "shop@xn--w-uga1v8h.example"


async def test_the_installation_takes_in_for_the_inboxes_that_want_it(
    own_database: Database, own_database_url: str, tmp_path: Path, mail: MailServers
) -> None:
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path / "data",
            "database_url": own_database_url,
            "demo": False,
            "mail_reception": f"lmtp://127.0.0.1:{mail.reception_port}",
        }
    )
    node = Node(settings, with_reactions(own_database), LocalBlobStore(tmp_path / "blobs"))
    shop = await make_shop(own_database)
    wanted = {
        "address": "sklep@ceramika.example",
        "reception": "forward",
        "forwarding_address": "Ceramika@forward.example",
        "smtp_host": "127.0.0.1",
    }
    async with own_database.begin() as session:
        await add_inbox(
            session,
            shop_id=shop.id,
            channel="email",
            name="Post",
            settings=wanted,
            staff_id=None,
            key=settings.secret_key,
        )
    async with keeping_mail_reception(node):
        await asyncio.to_thread(
            mail.post,
            mail_of("Hello from afar", to="sklep@ceramika.example"),
            to="ceramika@forward.example",
            sender="anna@customer.example",
        )
        async with asyncio.timeout(20):
            while not await own_database.pool.fetchval(
                "SELECT count(*) FROM message WHERE body = 'Hello from afar'"
            ):
                await asyncio.sleep(0.05)
