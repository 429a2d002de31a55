"""An SMS line of a test: what it took, in memory."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from stoa.contact.channels.protocol import (
    Account,
    Inbound,
    Line,
    Outgoing,
    Raw,
    Report,
    SendProblem,
)
from stoa.contact.channels.sms.channel import CHANNEL
from stoa.contact.channels.sms.settings import SmsSettings
from stoa.contact.channels.sms.smpp import SmppLine
from stoa.people.customers.models import Point, PointKind
from tests.factories.sms import OURS

INBOX = UUID("00000000-0000-7000-8000-000000000042")


def smpp_settings(port: int, **more: Any) -> SmsSettings:
    """`carrier_x` is the carrier's `x`."""
    ours = {name: value for name, value in more.items() if not name.startswith("carrier_")}
    theirs = {
        name.removeprefix("carrier_"): value for name, value in more.items() if name not in ours
    }
    carrier = {
        "provider": "smpp",
        "host": "127.0.0.1",
        "port": port,
        "system_id": "shop",
        "password": "secret",
        "per_second": 2000,
        **theirs,
    }
    prices = [{"prefix": "+", "micros": 90_000}, {"prefix": "+48", "micros": 35_000}]
    return SmsSettings.model_validate(
        {"sender": OURS, "carrier": carrier, "prices": prices, **ours}
    )


def account_with(settings: SmsSettings, *, base_url: str = "https://shop.example") -> Account:
    return Account(
        id=INBOX,
        shop_id=uuid4(),
        name="SMS",
        address=settings.sender,
        settings=settings,
        token_key=b"k" * 32,
        base_url=base_url,
    )


def outgoing(text: str, *, to: str = "+48600100200", id_: UUID | None = None) -> Outgoing:
    return Outgoing(
        id=id_ or uuid4(), to=Point(PointKind.PHONE, to), to_name="", locale="en", text=text
    )


class Taken:
    """What the core would have stored."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.raws: dict[str, Raw] = {}
        self.repeated: list[str] = []
        self.reports: list[Report] = []
        self.told: list[SendProblem | None] = []
        self.fails = 0  # so many takings fail, as when the database is away

    async def take(self, raw: Raw) -> bool:
        if self.fails > 0:
            self.fails -= 1
            raise ConnectionError("the database is away")
        is_new = raw.external_id not in self.raws
        if is_new:
            self.raws[raw.external_id] = raw
        else:
            self.repeated.append(raw.external_id)
        return is_new

    async def take_report(self, report: Report) -> None:
        self.reports.append(report)

    def line(self, folder: Path) -> Line:
        return Line(self.account, self.take, self.take_report, self.told.append, folder)

    @property
    def messages(self) -> list[Inbound]:
        parsed = [CHANNEL.parse(self.account, raw) for raw in self.raws.values()]
        return [one for one in parsed if isinstance(one, Inbound)]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    async def until(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + 45
        while not is_so():
            assert time.monotonic() < until, (self.raws, self.reports, self.told)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def held(taken: Taken, folder: Path, *, waits: bool = True) -> AsyncIterator[SmppLine]:
    """The line, bound already unless it cannot be."""
    async with CHANNEL.holding(taken.line(folder)) as sender:
        assert isinstance(sender, SmppLine)
        if waits:
            await taken.until(lambda: None in taken.told)
        yield sender
