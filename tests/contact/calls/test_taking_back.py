"""A yes to a recording is taken back after the call: the sound goes, and the ledger says so."""

from pathlib import Path
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.calls.media.engine import RecordingEnded
from stoa.contact.calls.queries import recorded_calls
from stoa.contact.calls.recordings import storing
from stoa.contact.calls.recordings.errors import StillRecording
from stoa.contact.calls.service import take_back_recording
from stoa.contact.calls.service.keeping import keep_recording, spool_path
from stoa.people.consent.models import ConsentState, Person, Purpose, Wording
from stoa.people.consent.queries import has_consent
from stoa.people.consent.service import record_consent
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contact.calls.lab import make_shop
from tests.contact.calls.media.conftest import write_sound
from tests.contact.calls.rows import CallRows, a_call, end_call


@pytest.fixture
def node(own_database: Database, own_database_url: str, tmp_path: Path) -> Node:
    settings = Settings(data_dir=tmp_path, database_url=own_database_url, demo=False)
    return Node(settings, own_database, LocalBlobStore(tmp_path / "blobs"))


@pytest.fixture
async def shop(own_database: Database) -> Shop:
    return await make_shop(own_database)


async def recorded(node: Node, shop: Shop, *, is_over: bool = True) -> CallRows:
    """A call with a yes, whose sound is kept if it is over."""
    rows = await a_call(node.database, shop_id=shop.id)
    async with node.database.begin() as session:
        await record_consent(
            session,
            person=Person(visitor_id=rows.visitor_id),
            purpose=Purpose.RECORDING,
            subject=rows.call_id,
            state=ConsentState.GIVEN,
            wording=Wording("May we?", "1", "en"),
        )
        recording = await storing.begin(session, call_id=rows.call_id, kind="call")
    if is_over:
        path = spool_path(node.settings.data_dir, recording_id=recording.id)
        path.parent.mkdir(exist_ok=True)
        write_sound(path, 440, seconds=1)
        ended = RecordingEnded(rows.call_id, recording.id, path, 1_000, bytes(60), True)
        await keep_recording(node.database, node.blobs, ended=ended)
        await end_call(node.database, rows)
    return rows


async def take_back(node: Node, rows: CallRows, *visitors: UUID) -> None:
    async with node.database.begin() as session:
        await take_back_recording(
            session, call_id=rows.call_id, visitor_ids=[*visitors] or [rows.visitor_id]
        )


async def standing(node: Node, rows: CallRows) -> tuple[list[str], bool, int]:
    """(how the recordings are, whether the yes stands, how many calls the customer is shown)"""
    async with node.database.read() as session:
        return (
            [one.state for one in await storing.of_call(session, call_id=rows.call_id)],
            await has_consent(
                session,
                person=Person(visitor_id=rows.visitor_id),
                purpose=Purpose.RECORDING,
                subject=rows.call_id,
            ),
            len(await recorded_calls(session, visitor_ids=[rows.visitor_id])),
        )


async def test_the_sound_goes_and_the_ledger_says_so(node: Node, shop: Shop) -> None:
    rows = await recorded(node, shop)
    assert await standing(node, rows) == (["kept"], True, 1)
    await take_back(node, rows)
    assert await standing(node, rows) == (["deleted"], False, 0)
    with pytest.raises(NotFound):  # there is nothing left to take back
        await take_back(node, rows)


async def test_refuses_a_call_of_somebody_else(node: Node, shop: Shop) -> None:
    rows = await recorded(node, shop)
    with pytest.raises(NotFound):
        await take_back(node, rows, new_id())
    assert await standing(node, rows) == (["kept"], True, 1)


async def test_refuses_while_the_call_goes_on(node: Node, shop: Shop) -> None:
    rows = await recorded(node, shop, is_over=False)
    with pytest.raises(StillRecording):
        await take_back(node, rows)
    assert await standing(node, rows) == (["running"], True, 0)
