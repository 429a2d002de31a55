"""What nobody needs any more goes by itself; what somebody may need stays."""

from datetime import timedelta

import pytest

from stoa.contact.channels.errors import NothingToResend
from stoa.contact.channels.keeping import forget_what_is_over
from stoa.contact.channels.outbox import resend
from stoa.contact.channels.receive import take
from tests.contact.channels.answering import an_answer, holding, state
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import a_mail
from tests.waiting import until

OLD = timedelta(days=31)


async def test_the_bytes_of_what_was_put_away_go_after_a_month(place: Place) -> None:
    pool = place.node.database.pool
    for name in ("<old>", "<new>"):
        await take(place.node, inbox_id=place.inbox.id, raw=a_mail(name, is_own=True))
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<said>"))
    await pool.execute(
        "UPDATE inbound SET received_at = received_at - $1::interval WHERE external_id <> '<new>'",
        OLD,
    )

    await forget_what_is_over(place.node)

    rows = await pool.fetch("SELECT external_id, state, blob_id IS NULL AS is_gone FROM inbound")
    assert {tuple(row) for row in rows} == {
        ("<old>", "ignored", True),
        ("<new>", "ignored", False),
        ("<said>", "taken", False),
    }
    # It is still known: fetched again it is not taken in again.
    raw = a_mail("<old>", is_own=True)
    assert not await take(place.node, inbox_id=place.inbox.id, raw=raw)


async def test_the_words_of_what_left_go_after_a_month_and_its_thread_stays(place: Place) -> None:
    pool = place.node.database.pool
    async with holding(place.node):
        await an_answer(place)

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)
    await forget_what_is_over(place.node)
    assert await pool.fetchval("SELECT content ->> 'text' FROM delivery") == "On its way"
    await pool.execute("UPDATE delivery SET created_at = created_at - $1::interval", OLD)

    await forget_what_is_over(place.node)

    assert await pool.fetchval("SELECT content FROM delivery") == {}
    name = await pool.fetchval("SELECT name FROM external_name WHERE delivery_id IS NOT NULL")
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<2>", answers=[name]))
    assert await pool.fetchval("SELECT count(*) FROM conversation") == 1
    # It comes back only now: there is nothing left that could be sent once more.
    await pool.execute("UPDATE delivery SET state = 'failed'")
    with pytest.raises(NothingToResend):
        async with place.node.database.begin() as session:
            await resend(session, delivery_id=await session.fetch_value("SELECT id FROM delivery"))
    assert await state(place) == "failed"


async def test_what_was_given_up_keeps_its_words(place: Place) -> None:
    await an_answer(place)
    pool = place.node.database.pool
    await pool.execute(
        "UPDATE delivery SET state = 'dead', created_at = created_at - $1::interval", OLD
    )

    await forget_what_is_over(place.node)

    assert await pool.fetchval("SELECT content ->> 'text' FROM delivery") == "On its way"


async def test_no_bytes_are_kept_of_a_file_that_is_not_passed_on(place: Place) -> None:
    """They are in the original, and go with it."""
    program = "MZ\x01\x02\x03 this is no document"
    raw = a_mail("<1>", files={"invoice.exe": program, "note.txt": "a text"})
    await take(place.node, inbox_id=place.inbox.id, raw=raw)

    folder = place.node.blobs.local_path("")
    kept = {path.name for path in folder.rglob("*") if path.is_file()}
    keys = {row["key"] for row in await place.node.database.pool.fetch("SELECT key FROM blob")}
    assert kept == {key.rpartition("/")[2] for key in keys}
