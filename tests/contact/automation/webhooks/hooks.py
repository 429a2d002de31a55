"""A listener that remembers what it was told, and webhooks that tell it."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from aiohttp import web

from stoa.contact.automation.webhooks import sending, service
from stoa.contact.automation.webhooks.queries import list_deliveries
from stoa.contact.automation.webhooks.schemas import WebhookDeliveryView, WebhookInput, WebhookMade
from stoa.contact.conversations.models import Sender
from stoa.platform.node import Node


@dataclass
class Listener:
    """The other side: remembers what it was told, and answers as it is told."""

    url: str = ""
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    wait: asyncio.Event | None = None

    async def hear(self, request: web.Request) -> web.Response:
        self.told.append(
            ({name.lower(): value for name, value in request.headers.items()}, await request.read())
        )
        if self.wait is not None:
            await self.wait.wait()
        return web.Response(status=self.status, headers=self.headers, text="thanks\0")


async def a_webhook(
    node: Node, *, shop_id: UUID, by: Sender, url: str, events: list[str]
) -> WebhookMade:
    assert by.staff_id
    async with node.database.begin() as session:
        return await service.make_webhook(
            session,
            shop_id=shop_id,
            staff_id=by.staff_id,
            webhook=WebhookInput.model_validate({"name": "ERP", "url": url, "events": events}),
            key=node.settings.secret_key,
            allows_private=node.settings.webhook_private_addresses,
        )


async def deliveries(node: Node, webhook_id: UUID) -> list[WebhookDeliveryView]:
    async with node.database.read() as session:
        return list((await list_deliveries(session, webhook_id=webhook_id, cursor=None)).items)


async def deliver_all(node: Node) -> None:
    async with node.database.read() as session:
        rows = await session.fetch("SELECT id FROM webhook_delivery ORDER BY created_at, id")
    for row in rows:
        await sending.deliver(node, {"delivery_id": str(row["id"])})
