"""A process that fetches mail until it is killed: by itself, at the worst moment it was told.

python -m tests.contact.channels.email.killed_fetcher <settings.json>
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from stoa.contact.channels.email.channel import CHANNEL
from stoa.contact.channels.inboxes import account_of, get_inbox
from stoa.contact.channels.protocol import Line, Raw, Report, SendProblem
from stoa.contact.channels.receive import take
from stoa.platform.config import Settings
from stoa.platform.database.session import open_database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.shops import with_reactions


async def main(told: dict[str, str]) -> None:
    settings = Settings(
        data_dir=Path(told["data_dir"]), database_url=told["database_url"], demo=False
    )
    database = with_reactions(await open_database(told["database_url"]))
    node = Node(settings, database, LocalBlobStore(settings.data_dir / "blobs"))
    inbox_id = UUID(told["inbox_id"])
    async with database.read() as session:
        account = account_of(await get_inbox(session, inbox_id=inbox_id), settings=settings)
    moment, number = told["moment"], int(told["number"])
    taken = 0

    async def taking(raw: Raw) -> bool:
        nonlocal taken
        taken += 1
        if moment == "before" and taken == number:
            os.kill(os.getpid(), signal.SIGKILL)
        is_new = await take(node, inbox_id=inbox_id, raw=raw)
        if moment == "after" and taken == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return is_new

    async def reported(_report: Report) -> None: ...

    def heard(_problem: SendProblem | None) -> None: ...

    line = Line(replace(account), taking, reported, heard, settings.data_dir / "line")
    async with CHANNEL.holding(line):
        await asyncio.to_thread(sys.stdin.read)  # until whoever started it has seen enough
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
