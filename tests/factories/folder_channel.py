"""A channel over a folder: what it sends are files there, what it is told is JSON.

It is small and complete, so that the core can be tested without a mail server; the channels that
people use are tested with their real ones.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from starlette.requests import Request

from stoa.contact.channels.protocol import (
    Accepted,
    Account,
    Capabilities,
    ChannelSettings,
    Finding,
    Inbound,
    InboundFile,
    Line,
    NeverWorks,
    Nothing,
    Original,
    Outgoing,
    Parsed,
    Raw,
    Report,
    Sender,
    TryLater,
    Unreadable,
)
from stoa.contact.conversations.schemas import MailAddress, MailCard
from stoa.people.customers.models import Point, PointKind
from stoa.platform.errors import NotFound


class FolderSettings(ChannelSettings):
    folder: Path
    password: SecretStr | None = None


@dataclass
class FolderSender:
    """Writes what it is given; `fail.txt` in the folder says what goes wrong instead."""

    settings: FolderSettings
    sent: list[Outgoing] = field(default_factory=list)

    async def send(self, outgoing: Outgoing) -> Accepted:
        failing = self.settings.folder / "fail.txt"
        if failing.exists():
            word = failing.read_text()
            if word == "never":
                raise NeverWorks("mailbox_unknown", code="5.1.1", text="No such box")
            raise TryLater("busy", code="4.3.2")
        name = f"<{outgoing.id}@folder>"
        path = self.settings.folder / f"{outgoing.id}.json"
        path.write_text(json.dumps(asdict(outgoing), default=str))
        self.sent.append(outgoing)
        return Accepted(names=[name], segments=1)


class FolderChannel:
    code = "folder"
    icon = "folder"
    capabilities = Capabilities(
        point=PointKind.EMAIL, has_subject=True, has_files=True, max_files_bytes=1_000_000
    )
    settings = FolderSettings

    def __init__(self) -> None:
        self.lines: dict[UUID, Line] = {}

    def address_of(self, settings: Any) -> str:
        return f"shop@{settings.folder.name}.example"

    def provider(self, settings: Any) -> None:
        """A folder asks nobody to sign in."""

    def counting(self, plain: Mapping[str, Any], *, to: Point) -> None:
        """A text of any length costs the same."""

    def parse(self, account: Account, raw: Raw) -> Parsed:
        try:
            said = json.loads(raw.content)
        except ValueError as error:
            raise Unreadable("unreadable_mail") from error
        if "report" in said:
            return Report.model_validate(said["report"])
        if said.get("is_own"):
            return Nothing("own_mail")
        if said.get("explodes"):
            raise RuntimeError("a fault of ours")
        return Inbound(
            name=said["name"],
            point=Point(PointKind.EMAIL, said["from"]),
            is_verified=said.get("is_verified", False),
            is_refuted=said.get("is_refuted", False),
            sender_name=said.get("sender_name", ""),
            text=said["text"],
            subject=said.get("subject", ""),
            files=[
                InboundFile(name, "application/octet-stream", content.encode())
                for name, content in said.get("files", {}).items()
            ],
            locale=said.get("locale"),
            reply_token=said.get("token"),
            answers=said.get("answers", []),
            is_automatic=said.get("is_automatic", False),
            card=MailCard(
                subject=said.get("subject", ""),
                sender=MailAddress(address=said["from"]),
                notes=["sender_refuted"] if said.get("is_refuted") else [],
            ),
        )

    def trim(self, account: Account, inbound: Inbound, *, sent: Sequence[str]) -> Inbound:
        return inbound

    def show(self, content: bytes, *, with_pictures: bool) -> Original | None:
        return Original(html="<p>as it came</p>")

    def holding(self, line: Line) -> AbstractAsyncContextManager[Sender]:
        return self._holding(line)

    @asynccontextmanager
    async def _holding(self, line: Line) -> AsyncIterator[Sender]:
        self.lines[line.account.id] = line
        line.tell(None)
        try:
            yield FolderSender(line.account.settings)  # type: ignore[arg-type]  # it is its own
        finally:
            del self.lines[line.account.id]

    async def hook(self, account: Account, request: Request) -> Sequence[Raw | Report]:
        raise NotFound()

    async def check(self, account: Account) -> Sequence[Finding]:
        return [Finding(is_good=True, code="folder_there")]


def a_mail(name: str, *, sender: str = "anna@example.com", text: str = "Hello", **more: Any) -> Raw:
    """What a folder channel takes in."""
    said = {"name": name, "from": sender, "text": text, **more}
    return Raw(external_id=name, content=json.dumps(said).encode())
