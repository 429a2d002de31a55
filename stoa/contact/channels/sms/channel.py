"""The channel itself."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.requests import Request

from stoa.contact.channels.protocol import (
    Account,
    Capabilities,
    ChannelSettings,
    Counting,
    Finding,
    Inbound,
    Line,
    Original,
    Parsed,
    Raw,
    Report,
    Sender,
)
from stoa.contact.channels.sms.checking import check_sender, check_smpp
from stoa.contact.channels.sms.prices import counting_of
from stoa.contact.channels.sms.providers import Provider, check_provider, holding_provider, hook_url
from stoa.contact.channels.sms.reading import parse_sms, sms_settings
from stoa.contact.channels.sms.settings import (
    SmppSettings,
    SmsApiSettings,
    SmsSettings,
    TwilioSettings,
    VonageSettings,
)
from stoa.contact.channels.sms.smpp import holding_smpp
from stoa.contact.channels.sms.smsapi import SmsApi
from stoa.contact.channels.sms.twilio import Twilio
from stoa.contact.channels.sms.vonage import Vonage
from stoa.people.customers.models import Point, PointKind
from stoa.platform.errors import NotFound


class SmsChannel:
    code = "sms"
    icon = "smartphone"
    capabilities = Capabilities(
        point=PointKind.PHONE,
        reply_window=None,  # a number can be answered at any time; `limits` knows what is an answer
        needs_consent=True,
        has_quiet_hours=True,
        has_price=True,
    )
    settings: type[ChannelSettings] = SmsSettings

    def address_of(self, settings: SmsSettings) -> str:
        """The number, or the name a handset shows."""
        return settings.sender

    def provider(self, settings: Any) -> None:
        """Keys suffice."""

    def counting(self, plain: Mapping[str, Any], *, to: Point) -> Counting:
        return counting_of(plain, to=to)

    def parse(self, account: Account, raw: Raw) -> Parsed:
        return parse_sms(account, raw)

    def trim(
        self,
        account: Account,  # noqa: ARG002 - the protocol's
        inbound: Inbound,
        *,
        sent: Sequence[str],  # noqa: ARG002 - the protocol's
    ) -> Inbound:
        """An SMS quotes nothing."""
        return inbound

    # As the protocol calls it.
    def show(self, content: bytes, *, with_pictures: bool) -> Original | None:  # noqa: ARG002
        """The text says it all."""
        return None

    def holding(self, line: Line) -> AbstractAsyncContextManager[Sender]:
        settings = sms_settings(line.account)
        if isinstance(settings.carrier, SmppSettings):
            return holding_smpp(line, settings, settings.carrier)
        return holding_provider(line, settings, _provider(settings, settings.carrier))

    async def hook(self, account: Account, request: Request) -> Sequence[Raw | Report]:
        settings = sms_settings(account)
        if isinstance(settings.carrier, SmppSettings):
            raise NotFound()
        return await _provider(settings, settings.carrier).hook(account, request)

    async def check(self, account: Account) -> Sequence[Finding]:
        settings = sms_settings(account)
        findings = check_sender(settings)
        if isinstance(settings.carrier, SmppSettings):
            return [*findings, *await check_smpp(settings.carrier)]
        provider = _provider(settings, settings.carrier)
        address = Finding(True, "sms_hook", {"address": hook_url(account)})
        return [*findings, *await check_provider(account, provider), address]


def _provider(
    settings: SmsSettings, carrier: TwilioSettings | VonageSettings | SmsApiSettings
) -> Provider:
    match carrier:
        case TwilioSettings():
            return Twilio(carrier, sender=settings.sender)
        case VonageSettings():
            return Vonage(carrier, sender=settings.sender)
        case SmsApiSettings():
            return SmsApi(carrier, sender=settings.sender)


CHANNEL = SmsChannel()
