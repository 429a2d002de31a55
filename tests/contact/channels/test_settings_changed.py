"""An inbox is changed while something leaves by what it was before."""

import asyncio
from datetime import timedelta

import pytest

from stoa.contact.channels.inboxes import (
    begin_anew,
    change_inbox,
    get_inbox,
    hasten,
    tell_health,
)
from stoa.contact.channels.protocol import Accepted, Outgoing, TryLater
from stoa.platform.database.session import Session
from tests.contact.channels.answering import an_answer, holding, state
from tests.contact.channels.conftest import Place
from tests.contact.channels.test_forgetting import BLOCKED
from tests.factories.folder_channel import FolderSender
from tests.factories.people import an_agent
from tests.waiting import until


async def change(session: Session, place: Place) -> None:
    agent = await an_agent(place.node.database)
    assert agent.staff_id is not None
    await change_inbox(
        session,
        inbox_id=place.inbox.id,
        name="Letters",
        settings={"folder": str(place.folder), "password": ""},
        staff_id=agent.staff_id,
        key=place.node.settings.secret_key,
    )


async def test_what_fails_while_the_inbox_is_connected_again_leaves_at_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()
    send = FolderSender.send

    async def gated(self: FolderSender, outgoing: Outgoing) -> Accepted:
        if gate.is_set():
            return await send(self, outgoing)
        begun.set()
        await gate.wait()
        problem = TryLater("refused")
        problem.after = timedelta(hours=3)
        raise problem

    monkeypatch.setattr(FolderSender, "send", gated)
    await an_answer(place)

    async def has_failed() -> bool:
        return await state(place) == "queued"

    async def has_left() -> bool:
        return await state(place) == "sent"

    async with holding(place.node):
        await asyncio.wait_for(begun.wait(), 20)
        async with place.node.database.begin() as session:
            await begin_anew(session, inbox_id=place.inbox.id)
            await hasten(session, inbox_id=place.inbox.id)
            gate.set()
            await until(has_failed)
        await until(has_left)


async def test_what_is_said_of_the_former_settings_is_not_said_of_the_mended_ones(
    place: Place,
) -> None:
    async def say() -> None:
        async with place.node.database.begin() as session:
            await tell_health(
                session,
                inbox_id=place.inbox.id,
                version=place.inbox.version,
                trouble={"reason": "password", "params": {}},
            )

    await say()
    async with place.node.database.begin() as session:
        assert (await get_inbox(session, inbox_id=place.inbox.id)).is_down
        await change(session, place)
        saying = asyncio.create_task(say())

        async def is_blocked() -> bool:
            return saying.done() or bool(await place.node.database.pool.fetchval(BLOCKED))

        await until(is_blocked)
    await saying
    async with place.node.database.read() as reading:
        assert not (await get_inbox(reading, inbox_id=place.inbox.id)).is_down
