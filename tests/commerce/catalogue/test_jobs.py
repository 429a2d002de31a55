"""From an address in a file to a picture in every size, or to a line of the report."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import aiohttp
import orjson
import pytest
from aiohttp import web

from stoa.commerce.catalogue import jobs
from stoa.commerce.catalogue.importing.drafts import ProductDraft
from stoa.commerce.catalogue.models import ImportCounts, ProductPage, picture_sources
from stoa.commerce.catalogue.queries import cards_by_ids, product_page
from stoa.commerce.catalogue.queries.imports import get_import, import_report
from stoa.commerce.catalogue.service import create_import, perform_import
from stoa.commerce.catalogue.service.import_writer import Writer, Written
from stoa.commerce.catalogue.service.imports import IMPORT_JOB
from stoa.commerce.shops.models import Shop
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.jobs.queue import Payload
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore, record_blob
from tests.commerce.catalogue.importing.files import SHOPIFY, line_of, write
from tests.factories.pictures import picture_bytes
from tests.factories.shops import make_shop, with_reactions
from tests.servers.asgi import serving


@pytest.fixture
async def shop(database: Database) -> Shop:
    async with database.begin() as session:  # each test with its own pictures and jobs
        await session.execute("DELETE FROM pgqueuer")
        await session.execute("UPDATE picture SET state = 'failed', problem = 'test'")
    return await make_shop(database)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        database_pool_size=4,
        demo=False,
        picture_private_addresses=True,
        picture_timeout_seconds=1.0,
    )


@pytest.fixture
def node(database: Database, settings: Settings) -> Node:
    return Node(settings, with_reactions(database), LocalBlobStore(settings.data_dir / "blobs"))


@pytest.fixture
async def pictures() -> AsyncIterator[str]:
    """A host of pictures; one hangs, one is a page."""

    async def good(_request: web.Request) -> web.Response:
        return web.Response(body=picture_bytes(700, 350))

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>Sold out</html>", content_type="image/jpeg")

    async def hang(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    app = web.Application()
    app.add_routes([web.get("/good.jpg", good), web.get("/page.jpg", page)])
    app.add_routes([web.get("/hang.jpg", hang)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def product_line(handle: str, picture: str) -> str:
    return line_of(
        SHOPIFY,
        {"Handle": handle, "Title": handle, "Variant Price": "10", "Image Src": picture,
         "Variant SKU": handle, "Image Alt Text": "Ein Bild"},
    )  # fmt: skip


async def drain(node: Node) -> None:
    """Runs what waits in the queue, until nothing does, as a worker would."""
    handlers = {
        jobs.FETCH_JOB: jobs.fetch_pictures,
        jobs.RENDER_JOB: jobs.render_pictures,
        jobs.IMPORT_JOB: jobs.run_import,
    }
    while True:
        async with node.database.begin() as session:
            row = await session.fetch_one(
                "DELETE FROM pgqueuer WHERE id = (SELECT id FROM pgqueuer"
                " WHERE entrypoint = ANY($1) ORDER BY id LIMIT 1)"
                " RETURNING entrypoint, convert_from(payload, 'utf8')::jsonb AS payload",
                list(handlers),
            )
        if row is None:
            return
        payload: Payload = row["payload"]
        await handlers[row["entrypoint"]](node, payload)


async def test_pictures_arrive_in_every_size_or_in_the_report(
    node: Node, shop: Shop, settings: Settings, pictures: str, tmp_path: Path
) -> None:
    names = ("good", "page", "hang", "missing")
    lines = [product_line(name, f"{pictures}/{name}.jpg") for name in names]
    path = write(tmp_path / "p.csv", [SHOPIFY, *lines])
    async with node.database.begin() as session:
        run = await create_import(
            session, shop_id=shop.id, file_name="p.csv", is_dry_run=False, total_bytes=0
        )
    await perform_import(node.database, run_id=run.id, path=path)
    await drain(node)
    async with node.database.read() as session:
        report = await import_report(session, run_id=run.id)
        page = await product_page(session, shop=shop, locale="de", slug="good")
        ended = await get_import(session, run_id=run.id)
        assert isinstance(page, ProductPage)
        (card,) = await cards_by_ids(session, shop=shop, locale="de", product_ids=[page.id])
    assert [(problem.line, problem.code) for problem in report.items] == [
        (3, "import.not_a_picture"),
        (4, "import.picture_timeout"),
        (5, "import.picture_unreachable"),
    ]
    assert ended.counts == ImportCounts(products=4, created=4, warnings=3)
    (picture,) = page.pictures
    assert (picture.widths, picture.alt) == ((320, 640, 700), "Ein Bild")
    assert card.picture == picture
    await assert_served(settings, picture_sources(picture).src, picture.id)


async def assert_served(settings: Settings, address: str, picture_id: UUID) -> None:
    async with (
        serving(create_app(settings)) as url,
        aiohttp.ClientSession(url) as browser,
    ):
        for path, media_type in (
            (address, "image/webp"),
            (address.replace("webp", "avif"), "image/avif"),
            (f"/media/{picture_id}", "image/jpeg"),
        ):
            answer = await browser.get(path)
            assert (answer.status, answer.content_type) == (200, media_type)
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        for path in ("320.gif", "321.webp", "../x", "9999999.webp", "%00.webp", "٣٢٠.webp"):
            assert (await browser.get(f"/media/{picture_id}/{path}")).status == 404
        assert (await browser.get("/media/nothing/320.webp")).status == 404


@pytest.mark.race
async def test_pictures_that_fail_at_once_are_all_told(
    node: Node, shop: Shop, pictures: str, tmp_path: Path
) -> None:
    lines = [product_line(f"r-{n}", f"{pictures}/missing-{n}.jpg") for n in range(24)]
    path = write(tmp_path / "p.csv", [SHOPIFY, *lines])
    async with node.database.begin() as session:
        run = await create_import(
            session, shop_id=shop.id, file_name="p.csv", is_dry_run=False, total_bytes=0
        )
    await perform_import(node.database, run_id=run.id, path=path)
    await drain(node)
    async with node.database.read() as session:
        report = await import_report(session, run_id=run.id)
        ended = await get_import(session, run_id=run.id)
    assert [problem.line for problem in report.items] == list(range(2, 26))
    assert ended.counts.warnings == 24


async def test_counts_pictures_that_fail_while_the_import_runs(
    node: Node, shop: Shop, pictures: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "p.csv", [SHOPIFY, product_line("x", f"{pictures}/missing.jpg")])
    async with node.database.begin() as session:
        run = await create_import(
            session, shop_id=shop.id, file_name="p.csv", is_dry_run=False, total_bytes=0
        )
    write_batch = Writer.write

    async def and_fetch(self: Writer, drafts: Sequence[ProductDraft]) -> Written:
        written = await write_batch(self, drafts)
        await drain(node)
        return written

    monkeypatch.setattr(Writer, "write", and_fetch)
    ended = await perform_import(node.database, run_id=run.id, path=path)
    assert ended.counts.warnings == 1


async def test_works_in_short_turns_and_goes_on(
    node: Node, shop: Shop, pictures: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_SECONDS_PER_JOB", 0.0)
    path = write(tmp_path / "p.csv", [SHOPIFY, product_line("good", f"{pictures}/good.jpg")])
    async with node.database.begin() as session:
        run = await create_import(
            session, shop_id=shop.id, file_name="p.csv", is_dry_run=False, total_bytes=0
        )
    await perform_import(node.database, run_id=run.id, path=path)
    keys = []
    for _ in range(3):
        async with node.database.begin() as session:
            row = await session.fetch_one("DELETE FROM pgqueuer RETURNING dedupe_key, payload")
        assert row is not None
        keys.append(row["dedupe_key"])
        await jobs.fetch_pictures(node, orjson.loads(row["payload"]))
    assert keys == [jobs.FETCH_JOB, f"{jobs.FETCH_JOB}:1", jobs.FETCH_JOB]
    monkeypatch.undo()
    await drain(node)
    async with node.database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM picture WHERE state = 'ready'") == 1


async def test_a_picture_that_failed_is_tried_again_with_the_next_import(
    node: Node, shop: Shop, pictures: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "p.csv", [SHOPIFY, product_line("late", f"{pictures}/missing.jpg")])
    for _ in range(2):
        async with node.database.begin() as session:
            run = await create_import(
                session, shop_id=shop.id, file_name="p.csv", is_dry_run=False, total_bytes=0
            )
        await perform_import(node.database, run_id=run.id, path=path)
        await drain(node)
        async with node.database.read() as session:
            report = await import_report(session, run_id=run.id)
        assert [problem.code for problem in report.items] == ["import.picture_unreachable"]


async def test_pictures_left_in_a_crash_go_on(
    node: Node, shop: Shop, pictures: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "p.csv", [SHOPIFY, product_line("good", f"{pictures}/good.jpg")])
    async with node.database.begin() as session:
        run = await create_import(
            session, shop_id=shop.id, file_name="p.csv", is_dry_run=False, total_bytes=0
        )
    await perform_import(node.database, run_id=run.id, path=path)
    async with node.database.begin() as session:
        await session.execute("DELETE FROM pgqueuer")
    await jobs.resume_pictures(node)
    await drain(node)
    async with node.database.read() as session:
        page = await product_page(session, shop=shop, locale="de", slug="good")
    assert isinstance(page, ProductPage)
    assert page.pictures[0].widths == (320, 640, 700)


async def test_an_upload_is_imported_by_a_job(node: Node, shop: Shop, tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", [SHOPIFY, product_line("uploaded", "")])
    stored = await node.blobs.save(await asyncio.to_thread(path.read_bytes))
    async with node.database.begin() as session:
        blob = await record_blob(session, stored=stored, media_type="text/csv")
        run = await create_import(
            session, shop_id=shop.id, file_name="p.csv", is_dry_run=False,
            total_bytes=stored.size_bytes, blob_id=blob.id,
        )  # fmt: skip
        busy = await create_import(
            session, shop_id=shop.id, file_name="q.csv", is_dry_run=True, total_bytes=0
        )
        await session.execute("UPDATE import_run SET state = 'running' WHERE id = $1", busy.id)
    await jobs.run_import(node, {"run_id": str(run.id)})
    async with node.database.begin() as session:
        assert (await get_import(session, run_id=run.id)).state == "waiting"
        waiting = await session.fetch_value(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1 AND execute_after > now()",
            IMPORT_JOB,
        )
        assert waiting == 1
        await session.execute("UPDATE import_run SET state = 'done' WHERE id = $1", busy.id)
    await drain(node)
    async with node.database.read() as session:
        assert (await get_import(session, run_id=run.id)).counts.created == 1
