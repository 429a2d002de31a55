"""A network in between that can be cut and stalled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class BadNetwork:
    """Forwards TCP to one port. `cut` breaks every line without a word; `stall` stops some."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._lines: list[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = []
        self._stalled: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.connected = 0

    def cut(self) -> int:
        """Every line is broken now; returns how many."""
        lines, self._lines = self._lines, []
        for pair in lines:
            for writer in pair:
                writer.transport.abort()
        return len(lines)

    def stall(self, share: float) -> int:
        """Nothing reaches the clients of this share of the lines until `flow`; returns how many."""
        chosen = self._lines[: int(len(self._lines) * share)]
        self._flowing.clear()
        self._stalled = {client for client, _ in chosen}
        return len(chosen)

    def flow(self) -> None:
        self._stalled = set()
        self._flowing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, back)
        self._lines.append(pair)
        try:
            await asyncio.gather(self._pump(reader, back, None), self._pump(there, writer, writer))
        finally:
            if pair in self._lines:
                self._lines.remove(pair)
            writer.transport.abort()
            back.transport.abort()

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        client: asyncio.StreamWriter | None,
    ) -> None:
        try:
            while data := await source.read(65_536):
                while client in self._stalled:
                    await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        except OSError:
            pass  # one of the two is gone; the other is told below
        sink.transport.abort()


@asynccontextmanager
async def bad_network(target: int) -> AsyncIterator[BadNetwork]:
    """A port of its own that leads to `target`."""
    network = BadNetwork(target)
    server = await asyncio.start_server(network.serve, "127.0.0.1", 0, limit=65_536)
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        server.close()
        network.flow()
        network.cut()
        if network._tasks:
            await asyncio.wait(network._tasks, timeout=5)
