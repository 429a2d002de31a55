"""Telling webhooks: one request per try, outside of any transaction.

The row is the truth and the job only the quick way to it. A try is claimed for longer than it can
last; who dies with it lets it run out, and the same thing is sent again under the same id.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import aiohttp
import structlog
from yarl import URL

from stoa.contact.automation.events import RULES_TOPIC, RulesChanged, WebhookStopped, told_topic
from stoa.contact.automation.position import follow_if_needed
from stoa.contact.automation.webhooks import rules
from stoa.contact.automation.webhooks.service import DELIVER_JOB, PURPOSE, cancel_waiting
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Row, Session
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node
from stoa.platform.secrets import SecretUnreadable, unseal
from stoa.platform.web.outbound import PrivateAddress, PublicResolver, leads_inside

ANSWER_MAX = 1_000
DUE_AT_ONCE = 200
KEPT_FOR = timedelta(days=30)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try. `problem` None: it was taken."""

    problem: str | None
    status: int | None = None
    answer: str = ""
    retry_after: timedelta | None = None
    took_ms: int = 0


async def deliver(node: Node, payload: Payload) -> None:
    """One try was made, if one is due, and its outcome is written down. What was being written for
    a webhook while it was switched off is cancelled now."""
    delivery_id = UUID(payload["delivery_id"])
    lease = timedelta(seconds=node.settings.webhook_timeout_seconds + 30)
    async with node.database.begin() as session:
        row = await session.fetch_one(
            "UPDATE webhook_delivery d SET attempts = d.attempts + 1, next_try_at = $2, tried_at"
            " = $3 FROM webhook w WHERE d.id = $1 AND w.id = d.webhook_id AND d.state = 'queued'"
            " AND d.next_try_at <= $3"
            " RETURNING d.id, d.webhook_id, d.body, d.attempts, w.url, w.secret, w.is_on",
            delivery_id,
            now() + lease,
            now(),
        )
        if row is not None and not row["is_on"]:
            await session.execute(
                "UPDATE webhook_delivery SET state = 'cancelled', next_try_at = NULL,"
                " attempts = attempts - 1, done_at = $2 WHERE id = $1",
                delivery_id,
                now(),
            )
            return
    if row is None:
        return
    outcome = await _send(row, settings=node.settings)
    async with node.database.begin() as session:
        await _record(session, row=row, outcome=outcome, at=now())


async def deliver_due_periodically(node: Node) -> None:
    """Tries that are due and that no job makes any more will be made; old entries are gone."""
    async with node.database.begin() as session:
        rows = await session.fetch(
            "SELECT id FROM webhook_delivery WHERE state = 'queued' AND next_try_at <= $1"
            " ORDER BY next_try_at, id LIMIT $2",
            now() - timedelta(seconds=5),
            DUE_AT_ONCE,
        )
        for row in rows:
            await enqueue(
                session,
                DELIVER_JOB,
                {"delivery_id": row["id"]},
                unique_key=f"{DELIVER_JOB}:{row['id']}",
            )
        await session.execute(
            "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery"
            " WHERE state <> 'queued' AND created_at < $1 ORDER BY created_at LIMIT 2000)",
            now() - KEPT_FOR,
        )


async def _send(row: Row, *, settings: Settings) -> Outcome:
    try:
        secret = unseal(settings.secret_key, row["secret"], purpose=PURPOSE)
    except SecretUnreadable:
        log.error("webhook.secret_unreadable", webhook=str(row["webhook_id"]))
        return Outcome("secret")
    url = URL(row["url"])
    if leads_inside(url) and not settings.webhook_private_addresses:
        return Outcome("private")
    body = row["body"].encode()
    headers = rules.headers_of(secret, id_=str(row["id"]), at=now(), body=body)
    began = time.monotonic()
    outcome = await _post(url, body=body, headers=headers, settings=settings)
    took_ms = int((time.monotonic() - began) * 1000)
    return Outcome(outcome.problem, outcome.status, outcome.answer, outcome.retry_after, took_ms)


async def _post(url: URL, *, body: bytes, headers: dict[str, str], settings: Settings) -> Outcome:
    resolver = None if settings.webhook_private_addresses else PublicResolver()
    seconds = settings.webhook_timeout_seconds
    try:
        async with (
            asyncio.timeout(seconds),
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=seconds),
                headers={"User-Agent": "Stoa webhooks", "Content-Type": "application/json"},
            ) as client,
            client.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            said = (await answer.content.read(ANSWER_MAX)).decode("utf-8", "replace")
            problem = None
            if not rules.is_taken(answer.status):
                problem = "redirect" if 300 <= answer.status < 400 else "status"
            return Outcome(
                problem,
                answer.status,
                said.replace("\0", ""),
                rules.retry_after_of(answer.headers.get("Retry-After")),
            )
    except TimeoutError:
        return Outcome("timeout")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        if isinstance(error.__cause__, PrivateAddress):
            return Outcome("private")
        if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
            return Outcome("certificate")
        return Outcome("unreachable")


async def _record(session: Session, *, row: Row, outcome: Outcome, at: datetime) -> None:
    # Before what is sent to it: so does whoever switches it off.
    url = await session.fetch_value(
        "SELECT url FROM webhook WHERE id = $1 FOR NO KEY UPDATE", row["webhook_id"]
    )
    # What is said at an address that it has no more says nothing of it.
    is_same = url == row["url"]
    pause = None
    if outcome.problem is not None and (outcome.status != rules.GONE or not is_same):
        pause = rules.pause_after(row["attempts"], retry_after=outcome.retry_after)
    state = "delivered" if outcome.problem is None else "dead" if pause is None else "queued"
    # Not if it was cancelled, or begun anew, while it was under way.
    count = await session.execute(
        "UPDATE webhook_delivery SET state = $2, next_try_at = $3, status = $4, problem = $5,"
        " answer = $6, took_ms = $7, done_at = $8 WHERE id = $1 AND state = 'queued'"
        " AND attempts = $9",
        row["id"],
        state,
        at + pause if pause is not None else None,
        outcome.status,
        outcome.problem,
        outcome.answer,
        outcome.took_ms,
        None if state == "queued" else at,
        row["attempts"],
    )
    if count and pause is not None:
        await enqueue(session, DELIVER_JOB, {"delivery_id": row["id"]}, delay=pause)
    if is_same:
        await _judge(session, webhook_id=row["webhook_id"], outcome=outcome, at=at)


async def _judge(session: Session, *, webhook_id: UUID, outcome: Outcome, at: datetime) -> None:
    """The webhook knows since when it fails; after days of it, or when told to go, it is off. The
    caller holds it."""
    if outcome.problem is None:
        await session.execute(
            "UPDATE webhook SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL",
            webhook_id,
        )
        return
    webhook = await session.fetch_one(
        "UPDATE webhook SET failing_since = coalesce(failing_since, $2) WHERE id = $1 AND is_on"
        " RETURNING id, shop_id, name, failing_since",
        webhook_id,
        at,
    )
    if webhook is None:
        return
    is_gone = outcome.status == rules.GONE
    if not is_gone and not rules.must_stop(failing_since=webhook["failing_since"], at=at):
        return
    await session.execute(
        "UPDATE webhook SET is_on = false, stopped_at = $2 WHERE id = $1", webhook_id, at
    )
    await cancel_waiting(session, webhook_id=webhook_id, at=at)
    await follow_if_needed(session)
    administrators = await session.fetch(
        "SELECT id FROM staff WHERE role = 'administrator' AND is_active ORDER BY id"
    )
    stopped = WebhookStopped(
        webhook_id=webhook_id,
        shop_id=webhook["shop_id"],
        name=webhook["name"],
        failing_since=webhook["failing_since"],
    )
    session.publish(stopped, topics=[told_topic(row["id"]) for row in administrators])
    session.publish(RulesChanged(shop_id=webhook["shop_id"]), topics=[RULES_TOPIC])
    log.warning("webhook.stopped", webhook=str(webhook_id))
