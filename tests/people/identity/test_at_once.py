"""A password is changed, or access taken away, while somebody comes in by it."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import aiohttp
from argon2 import PasswordHasher

from stoa.people.identity.passwords import hash_password
from stoa.people.identity.service import revoke_sessions, set_password
from stoa.platform.database.session import Database, Session
from stoa.platform.ids import new_id
from tests.factories.people import an_agent
from tests.waiting import until

OLD, NEW = "an old password", "a new password"
BLOCKED = """SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
    AND cardinality(pg_blocking_pids(pid)) > 0)"""


async def somebody(database: Database, *, hashed: str) -> tuple[Any, str]:
    """(their id, their address), with this password."""
    staff_id = (await an_agent(database)).staff_id
    email: str = await database.pool.fetchval(
        "UPDATE staff SET password_hash = $2 WHERE id = $1 RETURNING email", staff_id, hashed
    )
    return staff_id, email


async def change(session: Session, *, staff_id: Any) -> str:
    hashed = await hash_password(NEW)
    await set_password(session, staff_id=staff_id, password_hash=hashed, keep_session=new_id())
    return hashed


async def until_it_waits(database: Database, task: "asyncio.Task[Any]") -> None:
    """Until it waits for somebody, or need not."""

    async def is_so() -> bool:
        return task.done() or bool(await database.pool.fetchval(BLOCKED))

    await until(is_so)


def begin(asked: Awaitable[aiohttp.ClientResponse]) -> "asyncio.Task[aiohttp.ClientResponse]":
    async def wait() -> aiohttp.ClientResponse:
        return await asked

    return asyncio.create_task(wait())


async def test_who_signs_in_while_the_password_is_changed_is_not_in(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession, database: Database
) -> None:
    # Kept by parameters of before: signing in keeps it by today's.
    old = PasswordHasher(time_cost=1, memory_cost=1024).hash(OLD)
    staff_id, email = await somebody(database, hashed=old)
    async with database.begin() as session:
        hashed = await change(session, staff_id=staff_id)
        form = {"email": email, "password": OLD}
        signing_in = begin(browser.post("/api/desk/sign-in", json=form))
        await until_it_waits(database, signing_in)
    assert (await signing_in).status == 401
    assert (await browser.get("/api/desk/me")).status == 401
    kept = await database.pool.fetchval("SELECT password_hash FROM staff WHERE id = $1", staff_id)
    assert kept == hashed


async def test_who_knows_the_former_password_changes_none_that_was_set_meanwhile(
    administrator: aiohttp.ClientSession, browser: aiohttp.ClientSession, database: Database
) -> None:
    staff_id, email = await somebody(database, hashed=await hash_password(OLD))
    form = {"email": email, "password": OLD}
    assert (await browser.post("/api/desk/sign-in", json=form)).status == 200
    async with database.begin() as session:
        hashed = await change(session, staff_id=staff_id)
        await revoke_sessions(session, staff_id=staff_id)
        changing = begin(
            browser.post("/api/desk/me/password", json={"current": OLD, "new": "another password"})
        )
        await until_it_waits(database, changing)
    assert (await changing).status == 401
    kept = await database.pool.fetchval("SELECT password_hash FROM staff WHERE id = $1", staff_id)
    assert kept == hashed
