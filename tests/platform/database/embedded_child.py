"""A program that owns a server and writes rows, for tests that kill it.

It prints the server's pid, then the number of each row once that row is committed.
"""

import asyncio
import sys
from pathlib import Path

import asyncpg

from stoa.platform.database.embedded import EmbeddedPostgres


async def main(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as server:
        connection = await asyncpg.connect(server.dsn())
        await connection.execute("CREATE TABLE IF NOT EXISTS written (number integer)")
        print(server.pid, flush=True)
        number = 0
        while True:
            number += 1
            await connection.execute("INSERT INTO written VALUES ($1)", number)
            print(number, flush=True)


asyncio.run(main(Path(sys.argv[1])))
