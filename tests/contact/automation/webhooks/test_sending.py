"""Webhooks against a real HTTP server: signed, once or again, given up with a notice."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.automation.webhooks import rules, sending, service
from stoa.contact.automation.webhooks.errors import WebhookOff
from stoa.contact.automation.webhooks.queries import get_webhook
from stoa.contact.automation.webhooks.schemas import WebhookInput
from stoa.contact.conversations.batch import write_messages
from stoa.platform.clock import now
from stoa.platform.node import Node
from tests.contact.automation.webhooks.hooks import Listener, a_webhook, deliver_all, deliveries
from tests.factories.automation import a_definition, a_rule, settle
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent


async def make_due(node: Node) -> None:
    async with node.database.begin() as session:
        await session.execute(
            "UPDATE webhook_delivery SET next_try_at = $1 WHERE state = 'queued'", now()
        )


async def test_what_customers_write_is_told_signed(
    node: Node, house: Shop, listener: Listener
) -> None:
    ada = await an_agent(node.database)
    made = await a_webhook(
        node,
        shop_id=house.id,
        by=ada,
        url=listener.url,
        events=["conversation.began", "message.received"],
    )
    place, customer = await a_conversation(node.database, shop_id=house.id)
    async with node.database.begin() as session:
        await write_messages(session, [a_draft(place, customer, "Γειά σας")])
    async with node.database.begin() as session:
        await write_messages(session, [a_draft(place, ada, "Good day")])
    await settle(node.database)
    await deliver_all(node)
    bodies = [json.loads(body) for _, body in listener.told]
    assert [body["type"] for body in bodies] == ["conversation.began", "message.received"]
    assert bodies[1]["data"]["message"]["body"] == "Γειά σας"
    assert bodies[1]["data"]["conversation"]["id"] == str(place)
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    for headers, body in listener.told:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert headers["content-type"] == "application/json"
    log = await deliveries(node, made.webhook.id)
    assert {one.state for one in log} == {"delivered"}
    assert {one.status for one in log} == {204}
    await deliver_all(node)
    assert len(listener.told) == 2, "what is delivered is not sent again by a job that comes late"


@pytest.mark.parametrize(
    ("status", "headers", "problem", "at_least"),
    [
        (500, {}, "status", 5),
        (302, {"Location": "http://127.0.0.1:1/"}, "redirect", 5),
        (429, {"Retry-After": "600"}, "status", 600),
        (503, {"Retry-After": "99999999999999"}, "status", 5),
    ],
)
async def test_what_is_not_taken_is_tried_again_later(
    node: Node,
    house: Shop,
    listener: Listener,
    status: int,
    headers: dict[str, str],
    problem: str,
    at_least: int,
) -> None:
    ada = await an_agent(node.database)
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    async with node.database.begin() as session:
        await service.send_test(session, webhook_id=made.webhook.id)
    listener.status, listener.headers = status, headers
    began = now()
    await deliver_all(node)
    [one] = await deliveries(node, made.webhook.id)
    assert (one.state, one.problem, one.status, one.attempts) == ("queued", problem, status, 1)
    assert one.next_try_at is not None
    assert one.next_try_at - began > timedelta(seconds=at_least - 4)
    assert one.answer == "thanks"
    await deliver_all(node)
    assert len(listener.told) == 1, "not before its time"
    async with node.database.read() as session:
        assert (await get_webhook(session, webhook_id=made.webhook.id)).failing_since is not None
    listener.status, listener.headers = 200, {}
    await make_due(node)
    await deliver_all(node)
    [one] = await deliveries(node, made.webhook.id)
    assert (one.state, one.attempts, one.problem) == ("delivered", 2, None)
    assert listener.told[0][0]["webhook-id"] == listener.told[1][0]["webhook-id"]
    async with node.database.read() as session:
        assert (await get_webhook(session, webhook_id=made.webhook.id)).failing_since is None


async def test_a_slow_or_absent_other_side_is_given_up_on_for_now(
    node: Node, house: Shop, listener: Listener
) -> None:
    ada = await an_agent(node.database)
    object.__setattr__(node.settings, "webhook_timeout_seconds", 2)
    listener.wait = asyncio.Event()
    slow = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    gone = await a_webhook(node, shop_id=house.id, by=ada, url="http://127.0.0.1:9/", events=[])
    async with node.database.begin() as session:
        for made in (slow, gone):
            await service.send_test(session, webhook_id=made.webhook.id)
    await deliver_all(node)
    listener.wait.set()
    assert [one.problem for one in await deliveries(node, slow.webhook.id)] == ["timeout"]
    assert [one.problem for one in await deliveries(node, gone.webhook.id)] == ["unreachable"]


async def test_who_dies_between_sending_and_writing_it_down_sends_it_again_under_its_id(
    node: Node, house: Shop, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await an_agent(node.database)
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    async with node.database.begin() as session:
        await service.send_test(session, webhook_id=made.webhook.id)

    class Killed(BaseException):
        pass

    async def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_record", die)
        with pytest.raises(Killed):
            await deliver_all(node)
    [one] = await deliveries(node, made.webhook.id)
    assert one.state == "queued"
    assert one.next_try_at is not None
    assert one.next_try_at > now(), "the try is claimed for as long as it may last"
    await deliver_all(node)
    assert len(listener.told) == 1
    await make_due(node)
    async with node.database.begin() as session:
        await session.execute("UPDATE webhook_delivery SET next_try_at = $1", now() - timedelta(1))
        before = await session.fetch_value("SELECT count(*) FROM pgqueuer")
    await sending.deliver_due_periodically(node)
    async with node.database.begin() as session:
        assert await session.fetch_value("SELECT count(*) FROM pgqueuer") == before + 1
    await deliver_all(node)
    assert [told["webhook-id"] for told, _ in listener.told] == [str(one.id)] * 2
    assert listener.told[0][1] == listener.told[1][1]
    [one] = await deliveries(node, made.webhook.id)
    assert (one.state, one.attempts) == ("delivered", 2)


async def test_after_days_of_failing_it_is_off_and_administrators_know(
    node: Node, house: Shop, listener: Listener
) -> None:
    ada = await an_agent(node.database, role="administrator")
    made = await a_webhook(
        node, shop_id=house.id, by=ada, url=listener.url, events=["message.received"]
    )
    listener.status = 500
    async with node.database.begin() as session:
        for _ in range(2):
            await service.send_test(session, webhook_id=made.webhook.id)
    await deliver_all(node)
    async with node.database.begin() as session:
        await session.execute(
            "UPDATE webhook SET failing_since = $1", now() - rules.STOP_AFTER - timedelta(hours=1)
        )
    await make_due(node)
    await deliver_all(node)
    async with node.database.read() as session:
        webhook = await get_webhook(session, webhook_id=made.webhook.id)
        told = await session.fetch_value(
            "SELECT count(*) FROM event WHERE topic = $1 AND type = 'webhook.stopped'",
            f"told:{ada.staff_id}",
        )
        assert not await session.fetch_value("SELECT is_followed FROM rule_position")
    assert not webhook.is_on
    assert webhook.stopped_at is not None
    assert told == 1
    log = await deliveries(node, made.webhook.id)
    assert {one.state for one in log} == {"cancelled"}
    with pytest.raises(WebhookOff):
        async with node.database.begin() as session:
            await service.resend(session, delivery_id=log[0].id)
    # Switched on again it begins anew, and what was cancelled can be sent after all.
    assert ada.staff_id
    async with node.database.begin() as session:
        await service.change_webhook(
            session,
            webhook_id=webhook.id,
            staff_id=ada.staff_id,
            webhook=WebhookInput(name="ERP", url=listener.url),
            allows_private=True,
        )
        await service.resend(session, delivery_id=log[0].id)
    listener.status = 200
    await deliver_all(node)
    states = {one.id: one.state for one in await deliveries(node, webhook.id)}
    assert states == {log[0].id: "delivered", log[1].id: "cancelled"}


async def test_who_says_that_it_is_gone_is_not_called_again(
    node: Node, house: Shop, listener: Listener
) -> None:
    ada = await an_agent(node.database, role="administrator")
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    async with node.database.begin() as session:
        await service.send_test(session, webhook_id=made.webhook.id)
    listener.status = 410
    await deliver_all(node)
    async with node.database.read() as session:
        assert not (await get_webhook(session, webhook_id=made.webhook.id)).is_on
    assert [one.state for one in await deliveries(node, made.webhook.id)] == ["dead"]


async def test_a_rule_calls_a_webhook(node: Node, house: Shop, listener: Listener) -> None:
    ada = await an_agent(node.database)
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    action = {"do": "webhook", "webhook_id": str(made.webhook.id)}
    await a_rule(
        node.database,
        shop_id=house.id,
        by=ada,
        name="Tell the ERP",
        definition=a_definition(actions=[action]),
    )
    place, customer = await a_conversation(node.database, shop_id=house.id)
    async with node.database.begin() as session:
        await write_messages(session, [a_draft(place, customer)])
    await settle(node.database)
    await deliver_all(node)
    [(_, body)] = listener.told
    told = json.loads(body)
    assert (told["type"], told["data"]["rule"]) == ("rule.acted", "Tell the ERP")


async def test_a_new_secret_signs_what_leaves_from_then_on(
    node: Node, house: Shop, listener: Listener
) -> None:
    ada = await an_agent(node.database)
    made = await a_webhook(node, shop_id=house.id, by=ada, url=listener.url, events=[])
    assert ada.staff_id
    async with node.database.begin() as session:
        renewed = await service.renew_secret(
            session,
            webhook_id=made.webhook.id,
            staff_id=ada.staff_id,
            key=node.settings.secret_key,
        )
        stored = await session.fetch_value("SELECT secret FROM webhook")
    assert renewed.secret != made.secret
    assert base64.b64decode(renewed.secret.removeprefix("whsec_")) not in stored
