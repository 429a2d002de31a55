"""What is acknowledged is never lost, whatever dies in the middle of it."""

import asyncio
import os
import signal
import time

import pytest

from tests.faults.crowd import talking_crowd

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]

TALK_SECONDS = 4.0


async def test_the_server_is_killed() -> None:
    async with talking_crowd() as crowd:
        await asyncio.sleep(TALK_SECONDS)
        crowd.stoa.kill()
        crowd.stoa.wait_until_database_is_gone()
        began = time.monotonic()
        await asyncio.to_thread(crowd.stoa.start)
        started = time.monotonic() - began
        await asyncio.sleep(TALK_SECONDS)
        accounts = await crowd.settle()
        await accounts.must_balance(crowd.stoa.database_url)
        accounts.report("kill -9 of the server", **{"serving again after": f"{started:.1f} s"})


async def test_the_server_is_restarted() -> None:
    async with talking_crowd() as crowd:
        await asyncio.sleep(TALK_SECONDS)
        assert await asyncio.to_thread(crowd.stoa.stop) == 0
        await asyncio.to_thread(crowd.stoa.start)
        await asyncio.sleep(TALK_SECONDS)
        accounts = await crowd.settle()
        await accounts.must_balance(crowd.stoa.database_url)
        accounts.report("restart in good order")


async def test_the_database_is_killed() -> None:
    async with talking_crowd() as crowd:
        await asyncio.sleep(TALK_SECONDS)
        os.kill(crowd.stoa.postgres_pid, signal.SIGKILL)
        await asyncio.sleep(TALK_SECONDS)
        accounts = await crowd.settle()
        await accounts.must_balance(crowd.stoa.database_url)
        accounts.report("kill -9 of PostgreSQL")


async def test_all_lines_are_cut_again_and_again() -> None:
    async with talking_crowd() as crowd:
        cuts = 0
        for _ in range(4):
            await asyncio.sleep(TALK_SECONDS / 2)
            cuts += crowd.network.cut()
        accounts = await crowd.settle()
        await accounts.must_balance(crowd.stoa.database_url)
        accounts.report("cut sockets", **{"lines cut": cuts})


async def test_some_readers_stall() -> None:
    async with talking_crowd() as crowd:
        await asyncio.sleep(TALK_SECONDS)
        stalled = crowd.network.stall(0.1)
        await asyncio.sleep(2 * TALK_SECONDS)
        crowd.network.flow()
        accounts = await crowd.settle()
        await accounts.must_balance(crowd.stoa.database_url)
        waits = sorted(one["longestMs"] for one in accounts.of)
        unhurt = waits[: len(waits) - stalled]
        assert unhurt[-1] < 4 * TALK_SECONDS * 1000 / 2, "nobody waits for those who do not read"
        accounts.report(
            "stalled readers", stalled=stalled, **{"most among the others": f"{unhurt[-1]} ms"}
        )
