"""Group commit against a real database: batching, isolation of failures, order, limits, closing."""

import asyncio
import time
from collections.abc import Sequence

import asyncpg
import pytest

from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database, Session
from stoa.platform.errors import Conflict, TooBusy
from tests.waiting import until_so

TABLE = "CREATE TABLE IF NOT EXISTS note (id bigserial PRIMARY KEY, body text NOT NULL UNIQUE)"


@pytest.fixture
async def notes(own_database: Database) -> Database:
    async with own_database.begin() as session:
        await session.execute(TABLE)
    return own_database


class Writer:
    """Inserts bodies; `"refused"` is refused by rule, a repeated body by the database."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.writing = 0
        self.most_writing = 0

    async def __call__(self, session: Session, items: Sequence[str]) -> list[int | Exception]:
        self.writing += 1
        self.most_writing = max(self.writing, self.most_writing)
        try:
            await self.gate.wait()
            self.sizes.append(len(items))
            wanted = [item for item in items if item != "refused"]
            rows = await session.fetch(
                "INSERT INTO note (body) SELECT * FROM unnest($1::text[]) RETURNING id, body",
                wanted,
            )
            ids = {row["body"]: row["id"] for row in rows}
            return [Conflict() if item == "refused" else ids[item] for item in items]
        finally:
            self.writing -= 1


async def bodies(database: Database) -> list[str]:
    async with database.read() as session:
        return [row["body"] for row in await session.fetch("SELECT body FROM note ORDER BY id")]


async def test_what_arrives_during_a_commit_is_the_next_transaction(notes: Database) -> None:
    writer = Writer()
    group = GroupCommit(notes, writer)
    writer.gate.clear()
    first = asyncio.ensure_future(group.submit("first"))
    await until_so(lambda: writer.writing == 1)
    others = [asyncio.ensure_future(group.submit(f"n{i}")) for i in range(20)]
    await until_so(lambda: group.waiting == 20)
    writer.gate.set()
    results = await asyncio.gather(first, *others)
    assert writer.sizes == [1, 20]
    assert await bodies(notes) == ["first", *(f"n{i}" for i in range(20))]
    assert results == sorted(results)
    await group.close()


async def test_an_answer_comes_after_its_commit(notes: Database) -> None:
    group = GroupCommit(notes, Writer())

    async def send_and_look(body: str) -> bool:
        await group.submit(body)
        return body in await bodies(notes)

    assert all(await asyncio.gather(*(send_and_look(f"n{i}") for i in range(30))))
    await group.close()


async def test_a_poisonous_item_fails_alone(notes: Database) -> None:
    async with notes.begin() as session:
        await session.execute("INSERT INTO note (body) VALUES ('taken')")
    writer = Writer()
    group = GroupCommit(notes, writer)
    items = ["a", "b", "taken", "refused", "c"]
    writer.gate.clear()
    sent = [asyncio.ensure_future(group.submit("first"))]
    await until_so(lambda: writer.writing == 1)
    sent += [asyncio.ensure_future(group.submit(item)) for item in items]
    await until_so(lambda: group.waiting == len(items))
    writer.gate.set()
    results = await asyncio.gather(*sent, return_exceptions=True)
    assert isinstance(results[3], asyncpg.UniqueViolationError)
    assert isinstance(results[4], Conflict)
    assert sorted(await bodies(notes)) == ["a", "b", "c", "first", "taken"]
    await group.close()


async def test_a_refused_item_does_not_undo_the_batch(notes: Database) -> None:
    writer = Writer()
    group = GroupCommit(notes, writer)
    results = await asyncio.gather(
        *(group.submit(item) for item in ("x", "y", "refused", "z")), return_exceptions=True
    )
    assert isinstance(results[2], Conflict)
    assert await bodies(notes) == ["x", "y", "z"]
    await group.close()


async def test_batches_are_bounded_and_one_at_a_time_by_default(notes: Database) -> None:
    writer = Writer()
    group = GroupCommit(notes, writer, max_batch=10)
    await asyncio.gather(*(group.submit(f"n{i}") for i in range(55)))
    assert max(writer.sizes) <= 10
    assert writer.most_writing == 1
    await group.close()


async def test_independent_batches_run_two_at_a_time(notes: Database) -> None:
    writer = Writer()
    group = GroupCommit(notes, writer, max_batch=5, in_flight=2)
    writer.gate.clear()
    sent = [asyncio.ensure_future(group.submit(f"n{i}")) for i in range(40)]
    await until_so(lambda: writer.writing == 2)
    writer.gate.set()
    await asyncio.gather(*sent)
    assert writer.most_writing == 2
    await group.close()


async def test_a_full_queue_refuses_and_loses_nothing_it_took(notes: Database) -> None:
    writer = Writer()
    group = GroupCommit(notes, writer, max_waiting=3)
    writer.gate.clear()
    taken = [asyncio.ensure_future(group.submit("n0"))]
    await until_so(lambda: writer.writing == 1)
    taken += [asyncio.ensure_future(group.submit(f"n{i}")) for i in (1, 2, 3)]
    await until_so(lambda: group.waiting == 3)
    with pytest.raises(TooBusy):
        await group.submit("one too many")
    writer.gate.set()
    await asyncio.gather(*taken)
    assert await bodies(notes) == ["n0", "n1", "n2", "n3"]
    await group.close()


async def test_closing_answers_what_was_taken_and_refuses_the_rest(notes: Database) -> None:
    writer = Writer()
    group = GroupCommit(notes, writer)
    writer.gate.clear()
    taken = [asyncio.ensure_future(group.submit(f"n{i}")) for i in range(5)]
    await until_so(lambda: writer.writing == 1)
    closing = asyncio.ensure_future(group.close())
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await group.submit("late")
    writer.gate.set()
    await closing
    assert all(answer.done() for answer in taken)
    assert await bodies(notes) == [f"n{i}" for i in range(5)]


async def test_a_server_that_is_away_is_asked_once_for_the_whole_batch() -> None:
    calls = 0

    async def write(_session: Session, _items: Sequence[str]) -> list[int | Exception]:
        nonlocal calls
        calls += 1
        raise ConnectionRefusedError

    class Away(Database):
        def __init__(self) -> None:
            pass

        def begin(self):  # type: ignore[no-untyped-def]  # stands for a pool that cannot connect
            nonlocal calls
            calls += 1
            raise ConnectionRefusedError

    group = GroupCommit[str, int](Away(), write)
    results = await asyncio.gather(
        *(group.submit(f"n{i}") for i in range(100)), return_exceptions=True
    )
    assert all(isinstance(result, ConnectionRefusedError) for result in results)
    assert calls <= 3
    await group.close()


async def test_a_sender_that_gives_up_does_not_stop_the_others(notes: Database) -> None:
    writer = Writer()
    group = GroupCommit(notes, writer)
    writer.gate.clear()
    sent = [asyncio.ensure_future(group.submit(f"n{i}")) for i in range(4)]
    await until_so(lambda: writer.writing == 1)
    sent[2].cancel()
    await asyncio.sleep(0)
    writer.gate.set()
    results = await asyncio.gather(*sent, return_exceptions=True)
    assert isinstance(results[2], asyncio.CancelledError)
    assert await bodies(notes) == ["n0", "n1", "n2", "n3"]
    await group.close()


async def test_many_senders_share_few_transactions(notes: Database) -> None:
    writer = Writer()
    group = GroupCommit(notes, writer)

    async def send(sender: int) -> None:
        for number in range(10):
            await group.submit(f"{sender}:{number}")

    started = time.perf_counter()
    await asyncio.gather(*(send(sender) for sender in range(100)))
    elapsed = time.perf_counter() - started
    print(f"\n1000 items, {len(writer.sizes)} transactions, {1000 / elapsed:.0f}/s")
    assert len(writer.sizes) <= 100
    stored = await bodies(notes)
    for sender in range(100):
        own = [body for body in stored if body.startswith(f"{sender}:")]
        assert own == [f"{sender}:{number}" for number in range(10)]
    await group.close()


async def test_one_statement_goes_without_a_transaction_around_it(notes: Database) -> None:
    group = GroupCommit(notes, Writer(), is_lone=lambda items: "many" not in items)
    assert await group.submit("one") > 0
    with pytest.raises(asyncpg.UniqueViolationError):
        await group.submit("one")
    assert await bodies(notes) == ["one"]
    await group.close()


async def test_a_lone_statement_stays_alone(notes: Database) -> None:
    async with notes.begin_lone() as session:
        await session.fetch("INSERT INTO note (body) VALUES ('first')")
        with pytest.raises(RuntimeError):
            await session.fetch("INSERT INTO note (body) VALUES ('second')")
    assert await bodies(notes) == ["first"]
