"""The mail that is forwarded to this installation, for all of its inboxes at once."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from stoa.contact.channels.email.channel import CHANNEL
from stoa.contact.channels.email.reception import Reception, Recipient, receiving, without_tag
from stoa.contact.channels.email.spam import judged
from stoa.contact.channels.inboxes import get_inbox, list_inboxes
from stoa.contact.channels.protocol import Raw
from stoa.contact.channels.receive import take
from stoa.platform.node import Node

log = structlog.get_logger()

PORTS = {"smtp": 25, "lmtp": 24}


@asynccontextmanager
async def keeping_mail_reception(node: Node) -> AsyncIterator[None]:
    """Forwarded mail is taken in while the block runs, if the setting `mail_reception` says where.

    Raises:
        OSError: it cannot be listened there, or the certificate cannot be read.
    """
    url = node.settings.mail_reception
    if url is None:
        yield
        return
    reception = Reception(
        lookup=partial(_recipient, node),
        take=partial(_take, node),
        hostname=urlsplit(node.settings.base_url).hostname or "localhost",
    )
    tls = None
    if certificate := node.settings.mail_reception_certificate:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
    async with receiving(
        reception,
        protocol=url.scheme,
        host=(url.host or "").strip("[]"),
        port=PORTS[url.scheme] if url.port is None else url.port,
        tls=tls,
    ) as port:
        log.info("mail.reception_listens", protocol=url.scheme, port=port)
        yield


async def _recipient(node: Node, address: str) -> Recipient | None:
    async with node.database.read() as session:
        inboxes = await list_inboxes(session)
    for inbox in inboxes:
        settings = inbox.settings
        if inbox.channel != CHANNEL.code or settings.get("reception") != "forward":
            continue
        known = {inbox.address, settings.get("forwarding_address") or inbox.address}
        if address in map(without_tag, known):
            return Recipient(inbox.id, inbox.is_on)
    return None


async def _take(node: Node, inbox_id: UUID, raw: Raw) -> bool:
    async with node.database.read() as session:
        inbox = await get_inbox(session, inbox_id=inbox_id)
    raw = await judged(raw, url=str(inbox.settings.get("rspamd_url") or ""))
    return await take(node, inbox_id=inbox_id, raw=raw)
