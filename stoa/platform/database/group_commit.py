"""Group commit without a waiting window: what arrives during one commit is the next transaction."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from stoa.platform.database.session import SERVER_AWAY, Database, Session
from stoa.platform.errors import TooBusy

Item = TypeVar("Item")
Result = TypeVar("Result")

# One result for each item, in the order of the items. An exception in place of a result refuses
# that item alone; what the writer did for the others is committed.
WriteBatch = Callable[[Session, Sequence[Item]], Awaitable[Sequence[Result | Exception]]]


@dataclass(slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    answer: "asyncio.Future[Result]"


class GroupCommit(Generic[Item, Result]):
    """Writes items in batches, one transaction each; a sender is answered after its commit.

    `write` gets the session of one transaction and the items in the order they arrived. It must be
    safe to run again after a rollback: a batch that fails is repeated item by item, so that only
    the items that cannot be written fail. With `in_flight=2` batches must not touch the same rows.
    """

    def __init__(
        self,
        database: Database,
        write: WriteBatch[Item, Result],
        *,
        max_batch: int = 500,
        max_waiting: int = 20_000,
        in_flight: int = 1,
        is_lone: Callable[[Sequence[Item]], bool] = lambda _items: False,
    ) -> None:
        """`is_lone` says of a batch that `write` needs one statement for it and nothing more."""
        if in_flight not in (1, 2):
            raise ValueError("at most two batches are in flight")
        self._database = database
        self._write = write
        self._max_batch = max_batch
        self._max_waiting = max_waiting
        self._slots = in_flight
        self._is_lone = is_lone
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._workers = 0
        self._running: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """How many items wait for a batch to take them."""
        return len(self._waiting)

    async def submit(self, item: Item) -> Result:
        """The item is committed, and this is the writer's result for it.

        A caller that gives up waiting does not take its item back: it may still be committed.

        Raises:
            TooBusy: too many items wait already, or the process is ending; nothing was written.
        """
        if self._is_closed or len(self._waiting) >= self._max_waiting:
            raise TooBusy()
        waiting = _Waiting[Item, Result](item, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._start()
        return await waiting.answer

    async def close(self) -> None:
        """Everything submitted before has been answered; later submissions are refused."""
        self._is_closed = True
        while self._running:
            await asyncio.wait(self._running)

    def _start(self) -> None:
        # The tasks are this object's own: held in `_running`, awaited by `close`.
        if self._waiting and self._workers < self._slots:
            self._workers += 1
            task = asyncio.get_running_loop().create_task(self._work())
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _work(self) -> None:
        try:
            await self._commit_all()
        finally:
            # Counted here, in the same step that saw the queue empty: the task's own end is
            # heard of later, and a submission in between would wait for nobody.
            self._workers -= 1

    async def _commit_all(self) -> None:
        while self._waiting:
            count = min(self._max_batch, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(count)]
            self._start()
            try:
                await self._commit(batch)
            except Exception as error:
                # Trying them one by one would only wait for the server once for each of them.
                if len(batch) == 1 or isinstance(error, SERVER_AWAY):
                    _refuse(batch, error)
                else:
                    await self._commit_one_by_one(batch)
            except BaseException as error:
                _refuse(batch, error)
                _refuse(list(self._waiting), error)
                self._waiting.clear()
                raise

    async def _commit(self, batch: Sequence[_Waiting[Item, Result]]) -> None:
        items = [waiting.item for waiting in batch]
        begin = self._database.begin_lone if self._is_lone(items) else self._database.begin
        async with begin() as session:
            results = await self._write(session, items)
            if len(results) != len(batch):
                raise RuntimeError(f"{len(results)} results for {len(batch)} items")
        for waiting, result in zip(batch, results, strict=True):
            if waiting.answer.done():
                continue  # the sender stopped waiting
            if isinstance(result, Exception):
                waiting.answer.set_exception(result)
            else:
                waiting.answer.set_result(result)

    async def _commit_one_by_one(self, batch: Sequence[_Waiting[Item, Result]]) -> None:
        for position, waiting in enumerate(batch):
            try:
                await self._commit([waiting])
            except SERVER_AWAY as error:
                _refuse(batch[position:], error)
                return
            except Exception as error:
                _refuse([waiting], error)


def _refuse(batch: Sequence[_Waiting[Item, Result]], error: BaseException) -> None:
    for waiting in batch:
        if waiting.answer.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            waiting.answer.cancel()
        else:
            waiting.answer.set_exception(error)
