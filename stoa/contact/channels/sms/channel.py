"""The channel itself."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from starlette.requests import Request

from stoa.contact.channels.protocol import (
    Account,
    Capabilities,
    Finding,
    Inbound,
    Line,
    Parsed,
    Raw,
    Report,
    Sender,
)
from stoa.contact.channels.sms.checking import check_sms
from stoa.contact.channels.sms.reading import parse_sms, sms_settings
from stoa.contact.channels.sms.settings import SmppSettings, SmsSettings
from stoa.contact.channels.sms.smpp import holding_smpp
from stoa.people.customers.models import PointKind
from stoa.platform.errors import NotFound


class SmsChannel:
    code = "sms"
    icon = "smartphone"
    capabilities = Capabilities(
        point=PointKind.PHONE,
        reply_window=None,  # a number can be answered at any time; `limits` knows what is an answer
        needs_consent=True,
        has_quiet_hours=True,
        has_receipts=True,
        has_price=True,
    )
    settings = SmsSettings

    def address_of(self, settings: SmsSettings) -> str:
        """The number, or the name a handset shows."""
        return settings.sender

    def parse(self, account: Account, raw: Raw) -> Parsed:
        return parse_sms(account, raw)

    def trim(self, inbound: Inbound, *, sent: Sequence[str]) -> Inbound:  # noqa: ARG002 - the protocol's
        """An SMS quotes nothing."""
        return inbound

    def holding(self, line: Line) -> AbstractAsyncContextManager[Sender]:
        settings = sms_settings(line.account)
        match settings.carrier:
            case SmppSettings() as access:
                return holding_smpp(line, settings, access)
            case _:
                raise NotImplementedError

    async def hook(self, account: Account, request: Request) -> Sequence[Raw | Report]:  # noqa: ARG002
        raise NotFound()

    async def check(self, account: Account) -> Sequence[Finding]:
        return await check_sms(account)


CHANNEL = SmsChannel()
