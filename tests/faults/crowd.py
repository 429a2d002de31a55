"""200 customers in conversation, and the accounts that must balance afterwards."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from stoa.people.customers.service import ensure_visitor
from stoa.platform.database.session import open_database
from stoa.platform.ids import new_id
from tests.factories.shops import make_shop
from tests.servers.bad_network import BadNetwork, bad_network
from tests.servers.browser_client import build, find_node
from tests.servers.stoa import StoaProcess

CLIENTS = 200
PAUSE_MS = 1000


@dataclass(frozen=True)
class Member:
    token: str
    conversation_id: UUID


@dataclass
class Crowd:
    """The server, the network to it, and the customers behind that network."""

    stoa: StoaProcess
    network: BadNetwork
    members: list[Member]
    process: asyncio.subprocess.Process

    async def order(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        await self.process.stdin.drain()

    async def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        async with asyncio.timeout(120):
            line = await self.process.stdout.readline()
        answer: dict[str, Any] = orjson.loads(line)
        return answer

    async def settle(self) -> "Accounts":
        """Everybody stops talking, and waits until all they sent is acknowledged and heard."""
        began = time.monotonic()
        await self.order("stop")
        accounts = (await self.hear())["accounts"]
        return Accounts(accounts, time.monotonic() - began)


@dataclass
class Accounts:
    """What each client says it sent, had acknowledged, and heard."""

    of: list[dict[str, Any]]
    settled_seconds: float

    @property
    def acknowledged(self) -> int:
        return sum(len(one["acknowledged"]) for one in self.of)

    async def must_balance(self, database_url: str) -> None:
        """Every acknowledged message is stored once, in order, and every client heard the log."""
        database = await open_database(database_url, size=2)
        try:
            async with database.read() as session:
                for one in self.of:
                    id = UUID(one["conversation"])
                    stored = [
                        row["client_id"]
                        for row in await session.fetch(
                            "SELECT client_id FROM message WHERE conversation_id = $1 ORDER BY seq",
                            id,
                        )
                    ]
                    logged = [
                        (row["seq"], row["client_id"] or "")
                        for row in await session.fetch(
                            "SELECT seq, data -> 'message' ->> 'client_id' AS client_id FROM event"
                            " WHERE topic = $1 ORDER BY seq",
                            f"conversation:{id}",
                        )
                    ]
                    check(one, stored, logged)
        finally:
            await database.close()

    def report(self, name: str, **figures: object) -> None:
        longest = sorted(one["longestMs"] for one in self.of)
        back = sum(1 for one in self.of if one["states"].count("live") > 1)
        parts = {
            "clients": len(self.of),
            "messages acknowledged": self.acknowledged,
            "clients that came back": back,
            "longest wait for an acknowledgement, median / most": (
                f"{longest[len(longest) // 2]} / {longest[-1]} ms"
            ),
            "settled after": f"{self.settled_seconds:.1f} s",
            **figures,
        }
        print(f"\n{name}: " + ", ".join(f"{key} {value}" for key, value in parts.items()))


def check(one: dict[str, Any], stored: list[str], logged: list[tuple[int, str]]) -> None:
    assert one["refused"] == []
    assert one["sent"], "it took part"
    assert len(one["acknowledged"]) == len(one["sent"]), "nothing was left without an answer"
    assert stored == one["sent"], "each is stored once, in the order it was sent"
    assert [seq for seq, _ in logged] == list(range(1, len(logged) + 1)), "the log has no gaps"
    assert [tuple(pair) for pair in one["heard"]] == logged, "the client heard exactly the log"
    assert one["repeats"] == 0


def new_folder() -> Path:
    """A folder with a short path that any user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="stoa-"))
    folder.chmod(0o755)  # as root, the database runs as another user
    return folder


async def make_members(database_url: str, count: int) -> list[Member]:
    database = await open_database(database_url, size=2)
    members = []
    try:
        shop = await make_shop(database)
        async with database.begin() as session:
            for _ in range(count):
                visitor = await ensure_visitor(session, token=None, locale="en")
                assert visitor.new_token is not None
                members.append(Member(visitor.new_token, new_id()))
                await session.execute(
                    "INSERT INTO conversation (id, shop_id, visitor_id, channel, state, locale,"
                    " last_message_at, created_at)"
                    " VALUES ($1, $2, $3, 'chat', 'open', 'en', now(), now())",
                    members[-1].conversation_id,
                    shop.id,
                    visitor.id,
                )
    finally:
        await database.close()
    return members


@asynccontextmanager
async def talking_crowd(folder: Path | None = None) -> AsyncIterator[Crowd]:
    """A crowd in lively conversation over a network that can be broken.

    The server's data folder is `data` in `folder`, which is gone afterwards.
    """
    folder = folder or new_folder()
    stoa = StoaProcess(folder / "data", settings={"DEMO": "false"})
    try:
        driver = await build("crowd", folder)
        await asyncio.to_thread(stoa.start)
        members = await make_members(stoa.database_url, CLIENTS)
        async with bad_network(int(stoa.url.rpartition(":")[2])) as network:
            process = await asyncio.create_subprocess_exec(
                find_node(),
                str(driver),
                f"http://127.0.0.1:{network.port}",
                str(PAUSE_MS),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=64 * 1024 * 1024,
            )
            try:
                crowd = Crowd(stoa, network, members, process)
                joining = [
                    {"token": member.token, "conversation": str(member.conversation_id)}
                    for member in members
                ]
                await crowd.order("join " + orjson.dumps(joining).decode())
                assert (await crowd.hear())["joined"]
                yield crowd
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()
    finally:
        await asyncio.to_thread(stoa.stop)
        stoa.wait_until_database_is_gone()
        shutil.rmtree(folder, ignore_errors=True)
