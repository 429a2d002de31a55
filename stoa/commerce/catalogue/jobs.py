"""The catalogue's jobs."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
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
from stoa.platform.database.session import Row
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node
from stoa.platform.storage.blobs import get_blob

__all__ = [
    "FETCH_JOB",
    "IMPORT_JOB",
    "RENDER_JOB",
    "fetch_pictures",
    "render_picture",
    "run_import",
]

_TRY_AGAIN = timedelta(seconds=5)
_AT_ONCE = 4

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
    """The pictures that still wait are fetched from their addresses, or have failed."""
    settings = node.settings
    limits = FetchLimits(
        max_bytes=settings.picture_max_bytes,
        timeout_seconds=settings.picture_timeout_seconds,
        allows_private=settings.picture_private_addresses,
    )
    async with node.database.read() as session:
        waiting = await session.fetch(
            "SELECT id, source_url FROM picture WHERE id = ANY($1) AND state = 'waiting'"
            " ORDER BY id",
            [UUID(picture_id) for picture_id in payload["picture_ids"]],
        )
    async with picture_client(limits) as client:
        for start in range(0, len(waiting), _AT_ONCE):
            await _fetch_some(node, client, waiting[start : start + _AT_ONCE], limits)


async def _fetch_some(
    node: Node, client: aiohttp.ClientSession, rows: Sequence[Row], limits: FetchLimits
) -> None:
    async with asyncio.TaskGroup() as tasks:
        for row in rows:
            tasks.create_task(_fetch_one(node, client, row["id"], row["source_url"], limits))


async def _fetch_one(
    node: Node,
    client: aiohttp.ClientSession,
    picture_id: UUID,
    address: str,
    limits: FetchLimits,
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


async def render_picture(node: Node, payload: Payload) -> None:
    """The picture can be had in every size; one that turns out to be broken has failed."""
    picture_id = UUID(payload["picture_id"])
    async with node.database.read() as session:
        key = await session.fetch_value(
            "SELECT b.key FROM picture p JOIN blob b ON b.id = p.blob_id"
            " WHERE p.id = $1 AND p.state = 'stored'",
            picture_id,
        )
    if key is None:
        return  # rendered already
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
