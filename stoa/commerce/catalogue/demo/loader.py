"""The demo shop comes into an empty database; its pictures are drawn afterwards."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from uuid import UUID

import structlog

from stoa.commerce.catalogue.demo.assortment import (
    Assortment,
    assortment,
    category_records,
    product_records,
)
from stoa.commerce.catalogue.demo.drawings.gallery import ADDRESS, drawn
from stoa.commerce.catalogue.pictures.looking import Looked, open_picture
from stoa.commerce.catalogue.schemas import PictureRecord
from stoa.commerce.catalogue.service import upsert_categories, upsert_products
from stoa.commerce.catalogue.service.pictures import ensure_pictures, store_picture
from stoa.commerce.shipping.service import save_shipping_method
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import list_shops
from stoa.commerce.shops.service import create_shop, update_settings
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.jobs.queue import enqueue
from stoa.platform.storage.blobs import BlobStore

log = structlog.get_logger()

DRAW_JOB = "demo.draw_pictures"
_LOCK = 7_405_201  # one node at a time looks whether the database is empty
_PROCESSES = 2
BATCH = 48  # a few seconds' work: a stopping node waits for no more


@dataclass(frozen=True, slots=True)
class Progress:
    """How many pictures were drawn now, and how many still wait."""

    drawn: int
    left: int


async def ensure_demo_shop(session: Session, *, draws: bool = True) -> Shop | None:
    """A database without any shop has the demo shop; if it `draws`, its pictures are about to be
    drawn.

    Returns None, having changed nothing, when there is a shop already.
    """
    await session.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
    if await list_shops(session):
        return None
    content = assortment()
    shop = await _create_shop(session, content)
    await upsert_categories(session, shop=shop, records=category_records(content))
    counts = await upsert_products(session, shop=shop, records=product_records(content))
    for method in content.shop.shipping_methods:
        await save_shipping_method(session, shop_id=shop.id, record=method)
    if draws:
        await enqueue(session, DRAW_JOB, {"shop_id": shop.id}, unique_key=f"{DRAW_JOB}:{shop.id}")
    log.info("demo.created", products=counts.created)
    return shop


async def _create_shop(session: Session, content: Assortment) -> Shop:
    told = content.shop
    shop = await create_shop(
        session,
        name=told.name,
        country=told.country,
        currency=told.currency,
        locales=told.locales,
        company=told.company,
        bank_account=told.bank_account,
        order_prefix=told.order_prefix,
        settings=told.settings.model_dump(mode="json"),
    )
    scenes = {name: PictureRecord(f"{ADDRESS}{name}") for name in ("hero", "emblem", "wordmark")}
    pictures = await ensure_pictures(session, shop=shop, records=list(scenes.values()))
    home = {
        "tagline": dict(told.tagline),
        "introduction": dict(told.introduction),
        **{f"{name}_picture_id": str(pictures.get(scene)) for name, scene in scenes.items()},
    }
    await update_settings(session, shop_id=shop.id, settings={"home": home, "is_demo": True})
    return shop


async def draw_pictures(
    database: Database, blobs: BlobStore, *, shop_id: UUID, at_most: int = BATCH
) -> Progress:
    """Some of the pictures that waited to be drawn are stored, the most visible ones first.

    Each is committed alone: what was drawn stays when the process dies.
    """
    async with database.read() as session:
        waiting = await undrawn(session, shop_id=shop_id)
    todo = waiting[:at_most]
    if not todo:
        return Progress(drawn=0, left=0)
    loop = asyncio.get_running_loop()
    with _drawing_processes() as processes:
        drawings = [loop.run_in_executor(processes, drawn, address) for _, address in todo]
        for (picture_id, _), drawing in zip(todo, drawings, strict=True):
            data = await drawing
            looked = Looked(*open_picture(data).size, media_type="image/png")
            stored = await blobs.save(data)
            async with database.begin() as session:
                await store_picture(session, picture_id=picture_id, stored=stored, looked=looked)
    return Progress(drawn=len(todo), left=len(waiting) - len(todo))


async def undrawn(session: ReadSession, *, shop_id: UUID) -> list[tuple[UUID, str]]:
    """The pictures still to be drawn, with their addresses: what a visitor sees first comes first.

    That is the shop's own scenes and its categories, the main picture of every product (featured
    ones first), the rest.
    """
    rows = await session.fetch(
        """
        SELECT p.id, p.source_url FROM picture p
        LEFT JOIN LATERAL (
            SELECT min(pp.position) AS position, bool_or(r.is_featured) AS is_featured,
                min(r.position) AS product
            FROM product_picture pp JOIN product r ON r.id = pp.product_id
            WHERE pp.picture_id = p.id
        ) AS place ON NOT EXISTS (SELECT 1 FROM category c WHERE c.picture_id = p.id)
        WHERE p.shop_id = $1 AND p.state = 'waiting' AND starts_with(p.source_url, $2)
        ORDER BY coalesce(place.position, -1), place.is_featured DESC, place.product, p.id
        """,
        shop_id,
        ADDRESS,
    )
    return [(row["id"], row["source_url"]) for row in rows]


@contextmanager
def _drawing_processes() -> Iterator[Executor]:
    """Drawing holds Python's lock, so it happens in other processes, which give way to serving."""
    processes = ProcessPoolExecutor(
        max_workers=min(_PROCESSES, os.cpu_count() or 1),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_attend_parent,
    )
    try:
        yield processes
    finally:
        processes.shutdown(wait=False, cancel_futures=True)


def _attend_parent() -> None:
    """This process yields to others, leaves Ctrl-C to its parent, and ends with it, however."""
    os.nice(10)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent(sentinel: int) -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, args=(parent.sentinel,), daemon=True).start()
