"""E-mail as a channel."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

from starlette.requests import Request

from stoa.contact.channels.email import reading
from stoa.contact.channels.email.checking import check
from stoa.contact.channels.email.fetching import MAIL_BYTES_MAX, SIZE_PROOF, fetching
from stoa.contact.channels.email.health import Health
from stoa.contact.channels.email.round_trip import is_own_test
from stoa.contact.channels.email.sending import MailSender
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.email.sign_in import provider_of
from stoa.contact.channels.email.spam import SPAM_PROOF
from stoa.contact.channels.protocol import (
    Account,
    Capabilities,
    ChannelSettings,
    Finding,
    Inbound,
    Line,
    Nothing,
    Original,
    Parsed,
    Provider,
    Raw,
    Report,
    Sender,
    Unreadable,
)
from stoa.people.customers.models import Point, PointKind
from stoa.platform.errors import NotFound

FILES_BYTES_MAX = 25 * 1024 * 1024  # what most servers still take, encoded and all


def settings_of(account: Account) -> EmailSettings:
    assert isinstance(account.settings, EmailSettings)
    return account.settings


class EmailChannel:
    code = "email"
    icon = "mail"
    capabilities = Capabilities(
        point=PointKind.EMAIL,
        has_subject=True,
        has_files=True,
        max_files_bytes=FILES_BYTES_MAX,
    )
    settings: type[ChannelSettings] = EmailSettings

    def address_of(self, settings: Any) -> str:
        assert isinstance(settings, EmailSettings)
        return settings.address

    def provider(self, settings: Any) -> Provider | None:
        assert isinstance(settings, EmailSettings)
        return provider_of(settings.sign_in, address=settings.plain_address)

    def counting(self, plain: Mapping[str, Any], *, to: Point) -> None:
        """A text of any length costs the same."""

    def parse(self, account: Account, raw: Raw) -> Parsed:
        if SIZE_PROOF in raw.envelope.proofs:
            raise Unreadable("too_large", limit_mb=MAIL_BYTES_MAX // 1024 // 1024)
        if is_own_test(raw.content, key=account.token_key):
            return Nothing("own_test")
        verdict, _, score = raw.envelope.proofs.get(SPAM_PROOF, "").partition(" ")
        parsed = reading.parse_mail(account, raw)
        if not isinstance(parsed, Inbound) or not verdict:
            return parsed  # who filters out a report never hears that a mail came back
        if verdict == "set_aside" and not raw.envelope.is_wanted:
            raise Unreadable("spam", score=score)
        if parsed.card is None:
            return parsed
        notes = [*parsed.card.notes, "spam"]
        return replace(parsed, card=parsed.card.model_copy(update={"notes": notes}))

    def trim(self, account: Account, inbound: Inbound, *, sent: Sequence[str]) -> Inbound:
        return reading.trim(inbound, sent=sent, signature=settings_of(account).signature)

    def show(self, content: bytes, *, with_pictures: bool) -> Original | None:
        return reading.show_original(content, with_pictures=with_pictures)

    def holding(self, line: Line) -> AbstractAsyncContextManager[Sender]:
        return _holding(line)

    # As the protocol calls it.
    async def hook(self, account: Account, request: Request) -> Sequence[Raw | Report]:  # noqa: ARG002
        raise NotFound()

    async def check(self, account: Account) -> Sequence[Finding]:
        return await check(account, settings_of(account))


@asynccontextmanager
async def _holding(line: Line) -> AsyncIterator[Sender]:
    settings = settings_of(line.account)
    health = Health(line.tell)
    async with AsyncExitStack() as held:
        sender = MailSender(line.account, settings, tell=health.outgoing)
        await held.enter_async_context(aclosing(sender))
        if settings.reception == "imap":
            await held.enter_async_context(fetching(line, settings, tell=health.incoming))
        else:
            health.incoming(None)  # what is forwarded comes to `reception`, for all inboxes
        yield sender


CHANNEL = EmailChannel()
