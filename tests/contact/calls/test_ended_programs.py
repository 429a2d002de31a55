"""Programs that have ended before they are told anything, in the loop that Stoa runs in.

On a busy machine that comes to be by itself. Where asyncio's own loop forgets what is written into
a closed pipe, uvloop raises.
"""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
import uvloop

from stoa.contact.calls.media.pool import MediaProcessGone, Start, WorkerProcess
from stoa.contact.calls.prompts.programs import communicate

Found = TypeVar("Found")


async def in_uvloop(main: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
    def run() -> Found:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(main())

    return await asyncio.to_thread(run)


async def until_it_takes_nothing(process: Process) -> None:
    assert process.stdin is not None
    while not process.stdin.is_closing():
        await asyncio.sleep(0.01)


async def test_what_it_printed_is_read_nevertheless() -> None:
    async def main() -> tuple[bytes, bytes, int | None]:
        process = await asyncio.create_subprocess_exec(
            "sh", "-c", "echo printed; echo said >&2; exit 3", stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        await process.wait()
        await until_it_takes_nothing(process)
        printed, said = await communicate(process, b"words")
        return printed, said, process.returncode

    assert await in_uvloop(main) == (b"printed\n", b"said\n", 3)


async def test_a_media_process_that_takes_nothing_any_more_is_gone() -> None:
    async def main() -> None:
        worker = WorkerProcess(lambda _event: None, lambda: None)
        start = Start(["127.0.0.1"], None, range(1), log_format="text", log_level="info")
        await worker.start(start)
        try:
            assert worker._process is not None
            worker._process.kill()
            await worker._process.wait()
            await until_it_takes_nothing(worker._process)
            with pytest.raises(MediaProcessGone):
                worker._write({"do": "load"})
            with pytest.raises(MediaProcessGone):
                await worker.ask("load")
        finally:
            await worker.stop()

    await in_uvloop(main)
