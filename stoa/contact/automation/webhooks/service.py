"""Making and changing webhooks, and writing down what they are to be told."""

import secrets
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from yarl import URL

from stoa.contact.automation.events import RULES_TOPIC, RulesChanged
from stoa.contact.automation.models import Task
from stoa.contact.automation.position import follow_if_needed
from stoa.contact.automation.webhooks.errors import WebhookAddressRefused, WebhookOff
from stoa.contact.automation.webhooks.queries import get_webhook
from stoa.contact.automation.webhooks.rules import EVENT_OF, SECRET_BYTES, secret_text
from stoa.contact.automation.webhooks.schemas import WebhookInput, WebhookMade, WebhookView
from stoa.contact.conversations.queries import get_message, get_row
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from stoa.platform.jobs.queue import enqueue
from stoa.platform.secrets import seal
from stoa.platform.web.outbound import leads_inside

DELIVER_JOB: Final = "webhook.deliver"
PURPOSE: Final = "webhook"


async def make_webhook(
    session: Session,
    *,
    shop_id: UUID,
    staff_id: UUID,
    webhook: WebhookInput,
    key: bytes,
    allows_private: bool,
) -> WebhookMade:
    """The shop has the webhook; its secret is told this once.

    Raises:
        WebhookAddressRefused: the address may not be called.
        NotFound: no such shop.
    """
    _require_address(webhook.url, allows_private=allows_private)
    secret = secrets.token_bytes(SECRET_BYTES)
    webhook_id = await session.fetch_value(
        "INSERT INTO webhook (id, shop_id, name, url, secret, events, is_on, created_at,"
        " updated_at) SELECT $1, s.id, $3, $4, $5, $6, $7, $8, $8 FROM shop s WHERE s.id = $2"
        " RETURNING id",
        new_id(),
        shop_id,
        webhook.name,
        webhook.url,
        seal(key, secret, purpose=PURPOSE),
        list(webhook.events),
        webhook.is_on,
        now(),
    )
    if webhook_id is None:
        raise NotFound()
    await _tell(session, shop_id=shop_id, staff_id=staff_id, webhook_id=webhook_id, verb="made")
    view = await get_webhook(session, webhook_id=webhook_id)
    return WebhookMade(webhook=view, secret=secret_text(secret))


async def change_webhook(
    session: Session,
    *,
    webhook_id: UUID,
    staff_id: UUID,
    webhook: WebhookInput,
    allows_private: bool,
) -> WebhookView:
    """The webhook is as given. Switched off, what waits for it is cancelled; switched on again, or
    at another address, it begins with a clean slate.

    Raises:
        WebhookAddressRefused: the address may not be called.
        NotFound: no such webhook.
    """
    _require_address(webhook.url, allows_private=allows_private)
    shop_id = await session.fetch_value(
        "UPDATE webhook SET name = $2, url = $3, events = $4, updated_at = $6, is_on = $5,"
        " stopped_at = CASE WHEN $5 THEN NULL ELSE stopped_at END,"
        " failing_since = CASE WHEN $5 AND (NOT is_on OR url <> $3) THEN NULL"
        " ELSE failing_since END"
        " WHERE id = $1 RETURNING shop_id",
        webhook_id,
        webhook.name,
        webhook.url,
        list(webhook.events),
        webhook.is_on,
        now(),
    )
    if shop_id is None:
        raise NotFound()
    if not webhook.is_on:
        await cancel_waiting(session, webhook_id=webhook_id, at=now())
    await _tell(session, shop_id=shop_id, staff_id=staff_id, webhook_id=webhook_id, verb="changed")
    return await get_webhook(session, webhook_id=webhook_id)


async def renew_secret(
    session: Session, *, webhook_id: UUID, staff_id: UUID, key: bytes
) -> WebhookMade:
    """What leaves from now on is signed with a new secret, told this once.

    Raises:
        NotFound: no such webhook.
    """
    secret = secrets.token_bytes(SECRET_BYTES)
    shop_id = await session.fetch_value(
        "UPDATE webhook SET secret = $2, updated_at = $3 WHERE id = $1 RETURNING shop_id",
        webhook_id,
        seal(key, secret, purpose=PURPOSE),
        now(),
    )
    if shop_id is None:
        raise NotFound()
    await _tell(session, shop_id=shop_id, staff_id=staff_id, webhook_id=webhook_id, verb="renewed")
    view = await get_webhook(session, webhook_id=webhook_id)
    return WebhookMade(webhook=view, secret=secret_text(secret))


async def drop_webhook(session: Session, *, webhook_id: UUID, staff_id: UUID) -> None:
    """The webhook and the list of what it was told are gone.

    Raises:
        NotFound: no such webhook.
    """
    shop_id = await session.fetch_value(
        "DELETE FROM webhook WHERE id = $1 RETURNING shop_id", webhook_id
    )
    if shop_id is None:
        raise NotFound()
    await _tell(session, shop_id=shop_id, staff_id=staff_id, webhook_id=webhook_id, verb="dropped")


# ---- what is to be told -------------------------------------------------------------------------


async def tell_webhooks(session: Session, *, shop_id: UUID, task: Task) -> None:
    """The shop's webhooks that listen will be told once this transaction has committed."""
    events = [EVENT_OF[code] for code in task.triggers if code in EVENT_OF]
    if not events:
        return
    rows = await session.fetch(
        "SELECT id, events FROM webhook WHERE shop_id = $1 AND is_on AND events && $2::text[]"
        " ORDER BY id",
        shop_id,
        events,
    )
    if not rows:
        return
    data = await _data(session, conversation_id=task.conversation_id, message_id=task.message_id)
    for row in rows:
        for event in events:
            if event in row["events"]:
                await _queue(
                    session,
                    webhook_id=row["id"],
                    conversation_id=task.conversation_id,
                    event=event,
                    data=data,
                    at=task.at,
                    unique_key=f"{row['id']}:{task.id}:{event}",
                )


async def call_webhook(
    session: Session,
    *,
    webhook_id: UUID,
    shop_id: UUID,
    conversation_id: UUID,
    message_id: UUID | None,
    rule_name: str,
    unique_key: str,
) -> str | None:
    """It will be told that a rule wants it; returns its name, None if there is none that is on."""
    name: str | None = await session.fetch_value(
        "SELECT name FROM webhook WHERE id = $1 AND shop_id = $2 AND is_on", webhook_id, shop_id
    )
    if name is None:
        return None
    data = await _data(session, conversation_id=conversation_id, message_id=message_id)
    await _queue(
        session,
        webhook_id=webhook_id,
        conversation_id=conversation_id,
        event="rule.acted",
        data={**data, "rule": rule_name},
        at=now(),
        unique_key=f"{webhook_id}:{unique_key}",
    )
    return name


async def send_test(session: Session, *, webhook_id: UUID) -> UUID:
    """It will be told `webhook.test`; returns the delivery's id.

    Raises:
        NotFound: no such webhook.
        WebhookOff: it is switched off.
    """
    webhook = await get_webhook(session, webhook_id=webhook_id)
    if not webhook.is_on:
        raise WebhookOff()
    return await _queue(
        session,
        webhook_id=webhook_id,
        conversation_id=None,
        event="webhook.test",
        data={"name": webhook.name},
        at=now(),
        unique_key=None,
    )


async def resend(session: Session, *, delivery_id: UUID) -> None:
    """It is sent again, with the same id and the same words, as often as a new one is tried.

    Raises:
        NotFound: no such delivery.
        WebhookOff: its webhook is switched off.
    """
    row = await session.fetch_one(
        "SELECT w.is_on FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id"
        " WHERE d.id = $1 FOR UPDATE OF d",
        delivery_id,
    )
    if row is None:
        raise NotFound()
    if not row["is_on"]:
        raise WebhookOff()
    await session.execute(
        "UPDATE webhook_delivery SET state = 'queued', attempts = 0, next_try_at = $2,"
        " done_at = NULL WHERE id = $1",
        delivery_id,
        now(),
    )
    await enqueue(session, DELIVER_JOB, {"delivery_id": delivery_id})


async def cancel_waiting(session: Session, *, webhook_id: UUID, at: datetime) -> None:
    """Nothing that waits for this webhook is sent."""
    await session.execute(
        "UPDATE webhook_delivery SET state = 'cancelled', next_try_at = NULL, done_at = $2"
        " WHERE webhook_id = $1 AND state = 'queued'",
        webhook_id,
        at,
    )


async def _queue(
    session: Session,
    *,
    webhook_id: UUID,
    conversation_id: UUID | None,
    event: str,
    data: dict[str, Any],
    at: datetime,
    unique_key: str | None,
) -> UUID:
    delivery_id = new_id()
    body = {"type": event, "timestamp": at.isoformat(), "data": data}
    count = await session.execute(
        "INSERT INTO webhook_delivery"
        " (id, webhook_id, event, body, next_try_at, unique_key, created_at, conversation_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $5, $7) ON CONFLICT (unique_key) DO NOTHING",
        delivery_id,
        webhook_id,
        event,
        orjson.dumps(body).decode(),
        now(),
        unique_key,
        conversation_id,
    )
    if count:
        await enqueue(session, DELIVER_JOB, {"delivery_id": delivery_id})
    return delivery_id


async def _data(
    session: Session, *, conversation_id: UUID, message_id: UUID | None
) -> dict[str, Any]:
    row = await get_row(session, conversation_id=conversation_id)
    message = None
    if message_id is not None:
        message = await get_message(session, message_id=message_id)
    return {
        "conversation": row.model_dump(mode="json"),
        "message": message.model_dump(mode="json") if message else None,
    }


def _require_address(text: str, *, allows_private: bool) -> None:
    try:
        url = URL(text)
    except ValueError as error:
        raise WebhookAddressRefused() from error
    schemes = ("http", "https") if allows_private else ("https",)
    if url.scheme not in schemes or not url.host or url.user or url.fragment:
        raise WebhookAddressRefused()
    if leads_inside(url) and not allows_private:
        raise WebhookAddressRefused()


async def _tell(
    session: Session, *, shop_id: UUID, staff_id: UUID, webhook_id: UUID, verb: str
) -> None:
    await follow_if_needed(session)
    await record_audit(
        session, staff_id=staff_id, action=f"webhook.{verb}", subject=str(webhook_id)
    )
    session.publish(RulesChanged(shop_id=shop_id), topics=[RULES_TOPIC])
