"""Reads about webhooks."""

from uuid import UUID

from stoa.contact.automation.webhooks.schemas import WebhookDeliveryView, WebhookView
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.web.paging import Page, decode_moment, encode_cursor

VIEW = "id, shop_id, name, url, events, is_on, failing_since, stopped_at, created_at"


async def list_webhooks(session: ReadSession, *, shop_id: UUID) -> list[WebhookView]:
    """The shop's webhooks, the oldest first."""
    rows = await session.fetch(
        f"SELECT {VIEW} FROM webhook WHERE shop_id = $1 ORDER BY created_at, id", shop_id
    )
    return [WebhookView.model_validate(dict(row)) for row in rows]


async def get_webhook(session: ReadSession, *, webhook_id: UUID) -> WebhookView:
    """Raises:
    NotFound: no such webhook.
    """
    row = await session.fetch_one(f"SELECT {VIEW} FROM webhook WHERE id = $1", webhook_id)
    if row is None:
        raise NotFound()
    return WebhookView.model_validate(dict(row))


async def list_deliveries(
    session: ReadSession, *, webhook_id: UUID, cursor: str | None, limit: int = 30
) -> Page[WebhookDeliveryView]:
    """What was sent or is to be sent there, the newest first."""
    key = decode_moment(cursor)
    rows = await session.fetch(
        "SELECT id, event, state, attempts, next_try_at, status, problem, answer, took_ms,"
        " created_at, done_at, body FROM webhook_delivery"
        " WHERE webhook_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))"
        " ORDER BY created_at DESC, id DESC LIMIT $4",
        webhook_id,
        *(key or (None, None)),
        limit + 1,
    )
    items = [WebhookDeliveryView.model_validate(dict(row)) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return Page(items, encode_cursor(last.created_at.isoformat(), str(last.id)) if last else None)
