"""The catalogue's jobs."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import aiohttp
import structlog

from stoa.commerce.catalogue.errors import ImportBusy, NotAPicture, PictureTooLarge
from stoa.commerce.catalogue.pictures.fetching import (
    FetchLimits,
    PictureRefused,
    fetch_picture,
    picture_client,
)
from stoa.commerce.catalogue.pictures.looking import look_at
from stoa.commerce.catalogue.pictures.rendering import Rendition, in_pool, render
from stoa.commerce.catalogue.queries.imports import get_import
from stoa.commerce.catalogue.service.fetching import FETCH_JOB
from stoa.commerce.catalogue.service.imports import IMPORT_JOB, perform_import
from stoa.commerce.catalogue.service.pictures import (
    RENDER_JOB,
    StoredRendition,
    fail_picture,
    store_picture,
    store_renditions,
)
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node
from stoa.platform.storage.blobs import get_blob

__all__ = [
    "FETCH_JOB",
    "IMPORT_JOB",
    "RENDER_JOB",
    "fetch_pictures",
    "render_pictures",
    "resume_pictures",
    "run_import",
]

_TRY_AGAIN = timedelta(seconds=5)
_AT_ONCE = 8
_SECONDS_PER_JOB = 3.0

log = structlog.get_logger()


async def run_import(node: Node, payload: Payload) -> None:
    """An uploaded file is imported; while another import of the shop runs, it waits."""
    run_id = UUID(payload["run_id"])
    async with node.database.read() as session:
        run = await get_import(session, run_id=run_id)
        assert run.blob_id is not None, "a file without an upload is imported by its command"
        blob = await get_blob(session, blob_id=run.blob_id)
    assert blob is not None
    try:
        await perform_import(node.database, run_id=run_id, path=node.blobs.local_path(blob.key))
    except ImportBusy:
        async with node.database.begin() as session:
            await enqueue(session, IMPORT_JOB, {"run_id": run_id}, delay=_TRY_AGAIN)


async def fetch_pictures(node: Node, payload: Payload) -> None:
    """Some of the pictures that wait are fetched from their addresses, or have failed; a further
    job goes on. So however many wait, few are in work, and a stopping node waits for few."""
    settings = node.settings
    limits = FetchLimits(
        max_bytes=settings.picture_max_bytes,
        timeout_seconds=settings.picture_timeout_seconds,
        allows_private=settings.picture_private_addresses,
    )
    async with picture_client(limits) as client:
        if await _work_for_a_while(WAITING, node, partial(_fetch_one, node, client, limits)):
            await _go_on(node, FETCH_JOB, payload)


async def render_pictures(node: Node, payload: Payload) -> None:
    """Some of the pictures that are stored can be had in every size; a further job goes on."""
    if await _work_for_a_while(STORED, node, partial(_render_one, node)):
        await _go_on(node, RENDER_JOB, payload)


async def resume_pictures(node: Node) -> None:
    """Pictures that were left in a crash go on."""
    async with node.database.begin() as session:
        for job, query in ((FETCH_JOB, WAITING), (RENDER_JOB, STORED)):
            if await session.fetch_value(f"SELECT EXISTS ({query})", [], 1):
                await enqueue(session, job, {}, unique_key=job, priority=-20)


WAITING = """SELECT id, source_url AS subject FROM picture WHERE state = 'waiting'
    AND source_url ~* '^https?://' AND NOT id = ANY($1) ORDER BY id LIMIT $2"""
STORED = """SELECT p.id, b.key AS subject FROM picture p JOIN blob b ON b.id = p.blob_id
    WHERE p.state = 'stored' AND NOT p.id = ANY($1) ORDER BY p.id LIMIT $2"""

_in_work: set[UUID] = set()  # by any job of this process


async def _work_for_a_while(
    query: str, node: Node, work: Callable[[UUID, str], Coroutine[Any, Any, None]]
) -> bool:
    """Works through what the query finds for some seconds; returns whether something is left."""
    until = time.monotonic() + _SECONDS_PER_JOB
    while time.monotonic() < until:
        async with node.database.read() as session:
            rows = await session.fetch(query, list(_in_work), _AT_ONCE)
        if not rows:
            return False
        ids = {row["id"] for row in rows}
        _in_work.update(ids)
        try:
            async with asyncio.TaskGroup() as tasks:
                for row in rows:
                    tasks.create_task(work(row["id"], row["subject"]))
        finally:
            _in_work.difference_update(ids)
    return True


async def _go_on(node: Node, job: str, payload: Payload) -> None:
    """The job's next turn waits. Turns take two keys in turn, for this one's is still in use."""
    turn = 1 - payload.get("turn", 0)
    async with node.database.begin() as session:
        key = f"{job}:{turn}" if turn else job
        await enqueue(session, job, {"turn": turn}, unique_key=key, priority=-20)


async def _fetch_one(
    node: Node, client: aiohttp.ClientSession, limits: FetchLimits, picture_id: UUID, address: str
) -> None:
    try:
        data = await fetch_picture(client, address, limits=limits)
        looked = await in_pool(look_at, data)
    except PictureRefused as refused:
        await _fail(node, picture_id, refused.code)
    except NotAPicture:
        await _fail(node, picture_id, "import.not_a_picture")
    except PictureTooLarge:
        await _fail(node, picture_id, "import.picture_too_large")
    else:
        stored = await node.blobs.save(data)
        async with node.database.begin() as session:
            await store_picture(session, picture_id=picture_id, stored=stored, looked=looked)


async def _fail(node: Node, picture_id: UUID, code: str) -> None:
    log.info("picture.refused", picture_id=str(picture_id), code=code)
    async with node.database.begin() as session:
        await fail_picture(session, picture_id=picture_id, code=code)


async def _render_one(node: Node, picture_id: UUID, key: str) -> None:
    try:
        rendered = await in_pool(render, await node.blobs.load(key))
    except (NotAPicture, PictureTooLarge):
        await _fail(node, picture_id, "import.not_a_picture")
        return
    stored = [await _save(node, rendition) for rendition in rendered.renditions]
    async with node.database.begin() as session:
        await store_renditions(
            session,
            picture_id=picture_id,
            width=rendered.width,
            height=rendered.height,
            renditions=stored,
        )


async def _save(node: Node, rendition: Rendition) -> StoredRendition:
    return StoredRendition(rendition.width, rendition.format, await node.blobs.save(rendition.data))
