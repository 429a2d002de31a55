"""A file becomes a blob while consent stands, and sound goes when its time is up."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.calls.jobs import drop_recorded_blob, expire_recordings
from stoa.contact.calls.media.engine import RecordingEnded
from stoa.contact.calls.recordings import storing
from stoa.contact.calls.service.keeping import keep_recording, spool_path
from stoa.contact.calls.service.recorder import Recorder
from stoa.people.consent.models import ConsentState, Person, Purpose, Wording
from stoa.people.consent.service import record_consent
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore, StorageFull, StoredBytes
from tests.contact.calls.lab import make_shop
from tests.contact.calls.media.conftest import embedded_engine, write_sound
from tests.contact.calls.rows import CallRows, a_call, end_call


@pytest.fixture
def node(own_database: Database, own_database_url: str, tmp_path: Path) -> Node:
    settings = Settings(data_dir=tmp_path, database_url=own_database_url, demo=False)
    return Node(settings, own_database, LocalBlobStore(tmp_path / "blobs"))


@pytest.fixture
async def own_shop(own_database: Database) -> Shop:
    return await make_shop(own_database)


async def agreed(database: Database, rows: CallRows, *states: ConsentState) -> None:
    async with database.begin() as session:
        for state in states:
            await record_consent(
                session,
                person=Person(visitor_id=rows.visitor_id),
                purpose=Purpose.RECORDING,
                subject=rows.call_id,
                state=state,
                wording=Wording("May we?", "1", "en"),
            )


async def being_made(node: Node, shop: Shop) -> tuple[CallRows, RecordingEnded]:
    """A recording whose file is whole, and what the engine says of it."""
    rows = await a_call(node.database, shop_id=shop.id)
    async with node.database.begin() as session:
        recording = await storing.begin(session, call_id=rows.call_id, kind="call")
    path = spool_path(node.settings.data_dir, recording_id=recording.id)
    path.parent.mkdir(exist_ok=True)
    write_sound(path, 440, seconds=3)
    return rows, RecordingEnded(rows.call_id, recording.id, path, 3_000, bytes(60), True)


async def state_of(node: Node, ended: RecordingEnded) -> str:
    async with node.database.read() as session:
        return (await storing.get_recording(session, recording_id=ended.recording_id)).state


def blob_files(node: Node) -> list[Path]:
    return list(node.settings.data_dir.glob("blobs/??/??/*"))


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((ConsentState.GIVEN,), "kept"),
        ((), "failed"),
        ((ConsentState.REFUSED,), "failed"),
        ((ConsentState.GIVEN, ConsentState.WITHDRAWN), "failed"),
    ],
)
async def test_only_a_yes_that_stands_makes_a_blob_of_a_file(
    node: Node, own_shop: Shop, states: tuple[ConsentState, ...], expected: str
) -> None:
    rows, ended = await being_made(node, own_shop)
    await agreed(node.database, rows, *states)
    await keep_recording(node.database, node.blobs, ended=ended)
    assert await state_of(node, ended) == expected
    assert len(blob_files(node)) == (expected == "kept")
    assert not ended.path.exists()
    await keep_recording(node.database, node.blobs, ended=ended)  # told twice
    assert await state_of(node, ended) == expected


async def test_a_full_disk_keeps_the_file_for_later(
    node: Node, own_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, ended = await being_made(node, own_shop)
    await agreed(node.database, rows, ConsentState.GIVEN)
    await end_call(node.database, rows)

    async def full(*_: object, **__: object) -> StoredBytes:
        raise StorageFull

    engine = embedded_engine()
    recorder = Recorder(node, engine)
    with monkeypatch.context() as patch:
        patch.setattr(LocalBlobStore, "save_stream", full)
        await recorder.ended(ended)
    assert (await state_of(node, ended), ended.path.exists()) == ("running", True)
    await _long_ago(node, rows)
    await recorder.take_up()
    assert (await state_of(node, ended), ended.path.exists()) == ("kept", False)
    await engine.stop()


async def _long_ago(node: Node, rows: CallRows) -> None:
    async with node.database.begin() as session:
        await session.execute(
            "UPDATE call SET ended_at = ended_at - interval '5 minutes' WHERE id = $1",
            rows.call_id,
        )


async def test_what_a_crash_left_behind_is_measured_and_kept_or_dropped(
    node: Node, own_shop: Shop
) -> None:
    rows, ended = await being_made(node, own_shop)
    await agreed(node.database, rows, ConsentState.GIVEN)
    whole = ended.path.read_bytes()
    ended.path.write_bytes(whole[: len(whole) * 2 // 3])  # it broke off
    _, refused = await being_made(node, own_shop)
    async with node.database.begin() as session:
        recording = await storing.get_recording(session, recording_id=refused.recording_id)
        await storing.delete(session, recording=recording, by=None)
    engine = embedded_engine()
    recorder = Recorder(node, engine)
    await recorder.take_up()
    assert ended.path.exists()  # the call is not over
    assert not refused.path.exists()
    await end_call(node.database, rows)
    await _long_ago(node, rows)
    await recorder.take_up()
    async with node.database.read() as session:
        row = await session.fetch_one(
            "SELECT * FROM call_recording WHERE id = $1", ended.recording_id
        )
    assert row is not None
    assert (row["state"], row["is_complete"]) == ("kept", False)
    assert 1_000 < row["duration_ms"] < 2_900
    assert max(row["waveform"]) > 20
    await engine.stop()


async def test_sound_goes_on_the_day_after_its_last(node: Node, own_shop: Shop) -> None:
    found = []
    for days in (-1, 0, 30):
        rows, ended = await being_made(node, own_shop)
        await agreed(node.database, rows, ConsentState.GIVEN)
        ended.path.write_bytes(ended.path.read_bytes() + str(days).encode())
        await keep_recording(node.database, node.blobs, ended=replace(ended, is_complete=True))
        async with node.database.begin() as session:
            await session.execute(
                "UPDATE call_recording SET delete_after = $2 WHERE id = $1",
                ended.recording_id,
                now().date() + timedelta(days=days),
            )
        found.append(ended)
    assert len(blob_files(node)) == 3
    async with node.database.read() as session:
        due = await session.fetch_value(
            "SELECT blob_id FROM call_recording WHERE id = $1", found[0].recording_id
        )
    await expire_recordings(node)
    await drop_recorded_blob(node, {"blob_id": str(due)})  # as the enqueued job does
    assert [await state_of(node, ended) for ended in found] == ["deleted", "kept", "kept"]
    assert len(blob_files(node)) == 2
    async with node.database.read() as session:
        jobs = await session.fetch_value(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", storing.DROP_JOB
        )
        action = await session.fetch_value(
            "SELECT action FROM audit_entry WHERE subject = $1",
            f"recording:{found[0].recording_id}",
        )
        words = await session.fetch_value("SELECT count(*) FROM consent")
    assert jobs == 1
    assert action == "recording.expired"
    assert words == 3
