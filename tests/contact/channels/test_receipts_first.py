"""A receipt that tells what the answer should have told."""

from typing import Literal

import pytest

from stoa.contact.channels.deliver import send_one
from stoa.contact.channels.inboxes import account_of
from stoa.contact.channels.outbox import claim
from stoa.contact.channels.protocol import Accepted, Outgoing, Report, TryLater
from stoa.contact.channels.reports import take_report
from tests.contact.channels.answering import an_answer, holding, shown, state
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import FolderSender, FolderSettings
from tests.waiting import until


def _answers_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, *, says: Literal["sent", "delivered"] | None
) -> list[Outgoing]:
    """The other side takes everything, tells so by a receipt at once, and its answer is lost."""
    taken: list[Outgoing] = []

    async def send(_: FolderSender, outgoing: Outgoing) -> Accepted:
        taken.append(outgoing)
        if says is not None:
            async with place.node.database.begin() as session:
                report = Report(name=str(outgoing.id), state=says)
                await take_report(session, inbox_id=place.inbox.id, report=report)
        raise TryLater("sms_no_answer")

    monkeypatch.setattr(FolderSender, "send", send)
    return taken


@pytest.mark.parametrize("says", ["sent", "delivered"])
async def test_what_a_receipt_says_was_taken_is_not_sent_twice(
    place: Place, monkeypatch: pytest.MonkeyPatch, says: Literal["sent", "delivered"]
) -> None:
    taken = _answers_nothing(place, monkeypatch, says=says)
    await an_answer(place)
    async with place.node.database.begin() as session:
        [delivery] = await claim(session, inbox=place.inbox, limit=1)
    account = account_of(place.inbox, settings=place.node.settings)
    sender = FolderSender(FolderSettings(folder=place.folder))
    await send_one(place.node, inbox=place.inbox, account=account, sender=sender, delivery=delivery)
    assert len(taken) == 1
    assert await state(place) == says
    assert (await shown(place))["state"] == says


async def test_a_receipt_calls_off_the_next_try(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = _answers_nothing(place, monkeypatch, says=None)
    async with holding(place.node):
        await an_answer(place)

        async def waits() -> bool:
            return await state(place) == "queued" and bool(taken)

        await until(waits)
        async with place.node.database.begin() as session:
            report = Report(name=str(taken[0].id), state="sent")
            await take_report(session, inbox_id=place.inbox.id, report=report)
    assert await state(place) == "sent"
    assert len(taken) == 1
