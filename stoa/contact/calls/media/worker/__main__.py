"""`python -m stoa.contact.calls.media.worker`: a media process, begun and ended by its node.

It talks to its parent over its standard input and output. When the parent is gone, however it
went, the input ends and so does the process; on Linux the kernel sees to it as well.
"""

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

import av.logging
import structlog

from stoa.contact.calls.media.messages import LONGEST_LINE, pack, unpack
from stoa.contact.calls.media.worker.network import Where
from stoa.contact.calls.media.worker.server import Worker
from stoa.platform.logs import configure_logs

log = structlog.get_logger()

_PR_SET_PDEATHSIG = 1
_LAST_SECONDS = 5
_PRIORITY = -10


def main() -> None:
    """Runs until the parent closes the line."""
    _die_with_parent()
    # A media process hears of a stop by its parent; Ctrl-C at a terminal reaches both.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _go_first()
    av.logging.set_level(av.logging.PANIC)
    # Nothing may write between our messages.
    to_parent = os.dup(1)
    os.dup2(2, 1)
    with asyncio.Runner(loop_factory=_fastest_loop()) as runner:
        runner.run(_serve(to_parent))


def _fastest_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop  # Windows has none
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def _go_first() -> None:
    """Where it is allowed, sound goes before what can wait: an import must not make it stutter."""
    with contextlib.suppress(OSError, AttributeError):  # not root; not Unix
        os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)


def _die_with_parent() -> None:
    """The end of the line is how we learn of it, in time to close what is being recorded.

    Should that fail, the kernel's alarm ends us. A SIGTERM while the parent lives (a service that
    is stopped sends it to all of its processes) is the parent's to act on.
    """
    parent = os.getppid()

    def hear(_number: int, _frame: FrameType | None) -> None:
        if os.getppid() != parent:
            signal.alarm(_LAST_SECONDS)

    signal.signal(signal.SIGTERM, hear)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        hear(signal.SIGTERM, None)  # it may have gone before we asked


async def _serve(to_parent: int) -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    writer, _ = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(to_parent, "wb"))
    first = await reader.readline()
    if not first:
        return
    told = unpack(first)
    configure_logs(form=told["log_format"], level=told["log_level"])
    # It reports every packet that was not in order, which on a public port is many.
    logging.getLogger("aiortc").setLevel(logging.ERROR)
    try:
        worker = Worker(
            Where(
                addresses=told["addresses"],
                public_address=told["public_address"],
                ports=range(told["ports"][0], told["ports"][1]),
            ),
            writer.write,
        )
    except OSError as error:
        writer.write(pack({"failed": str(error)}))
        return
    writer.write(pack({"ready": worker.ports}))
    _stop_collecting()
    await _answer_all(reader, worker)


def _stop_collecting() -> None:
    """A collection of everything would hold up sound; what is there now is there to stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 100)


async def _answer_all(reader: asyncio.StreamReader, worker: Worker) -> None:
    """Requests are begun in the order they came; those of one call wait for one another."""
    try:
        async with asyncio.TaskGroup() as answering:
            while line := await reader.readline():
                answering.create_task(worker.answer(line))
    finally:
        await worker.close()


if __name__ == "__main__":
    main()
