"""A file becomes products, once; its report says what did not."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commerce.catalogue.errors import ImportBusy, ImportOver, NoSuchImport
from stoa.commerce.catalogue.importing.drafts import ProductDraft
from stoa.commerce.catalogue.models import ImportCounts, ImportRun, ImportState
from stoa.commerce.catalogue.queries import category_tree
from stoa.commerce.catalogue.queries.imports import get_import, import_report
from stoa.commerce.catalogue.service import (
    cancel_import,
    create_import,
    imports,
    perform_import,
)
from stoa.commerce.catalogue.service.import_writer import Writer, Written
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.commerce.catalogue.importing.files import SHOPIFY, line_of, write
from tests.factories.shops import make_shop, with_reactions


@pytest.fixture(scope="module")
async def wired(database: Database) -> Database:
    return with_reactions(database)


@pytest.fixture
async def shop(database: Database) -> Shop:
    """A shop of its own for every test."""
    return await make_shop(database)


def shopify(handle: str, *, price: str = "10", sku: str = "", **values: str) -> str:
    given = {"Handle": handle, "Title": handle.title(), "Variant Price": price,
             "Variant SKU": sku or f"SKU-{handle}", "Type": "Möbel", **values}  # fmt: skip
    return line_of(SHOPIFY, given)


async def start(
    database: Database, shop: Shop, path: Path, *, is_dry_run: bool = False
) -> ImportRun:
    async with database.begin() as session:
        return await create_import(
            session,
            shop_id=shop.id,
            file_name=path.name,
            is_dry_run=is_dry_run,
            total_bytes=0,  # known once the file is opened
        )


async def run(database: Database, shop: Shop, path: Path, *, is_dry_run: bool = False) -> ImportRun:
    waiting = await start(database, shop, path, is_dry_run=is_dry_run)
    return await perform_import(database, run_id=waiting.id, path=path)


async def report(database: Database, ended: ImportRun) -> list[tuple[int, str]]:
    async with database.read() as session:
        page = await import_report(session, run_id=ended.id)
    return [(problem.line, problem.code) for problem in page.items]


async def content(database: Database, shop: Shop) -> Sequence[object]:
    """The rows of the shop's catalogue with their versions."""
    async with database.read() as session:
        return await session.fetch(
            "SELECT p.id, p.xmin::text, v.id, v.xmin::text, s.xmin::text, l.xmin::text"
            " FROM product p JOIN variant v ON v.product_id = p.id"
            " JOIN stock s ON s.variant_id = v.id"
            " LEFT JOIN product_listing l ON l.product_id = p.id"
            " WHERE p.shop_id = $1 ORDER BY v.id",
            shop.id,
        )


async def test_brings_in_products_and_their_categories(
    wired: Database, shop: Shop, tmp_path: Path
) -> None:
    path = write(tmp_path / "p.csv", [SHOPIFY, *(shopify(f"thing-{n}") for n in range(250))])
    ended = await run(wired, shop, path)
    assert ended.state is ImportState.DONE
    assert ended.format == "shopify"
    assert ended.counts == ImportCounts(products=250, created=250)
    assert ended.progress == 1000
    async with wired.read() as session:
        tree = await category_tree(session, shop=shop, locale="de")
    assert [(node.name, node.product_count) for node in tree] == [("Möbel", 250)]


async def test_the_same_file_twice_changes_nothing(
    wired: Database, shop: Shop, tmp_path: Path
) -> None:
    lines = [shopify("a"), shopify("b", price=""), shopify("c", sku="SKU-a"), shopify("d")]
    path = write(tmp_path / "p.csv", [SHOPIFY, *lines])
    first = await run(wired, shop, path)
    before = await content(wired, shop)
    second = await run(wired, shop, path)
    assert await content(wired, shop) == before
    assert (first.counts.created, first.counts.refused, first.counts.errors) == (2, 2, 2)
    assert (second.counts.unchanged, second.counts.created, second.counts.changed) == (2, 0, 0)
    problems = [(3, "import.missing_price"), (4, "import.duplicate_sku")]
    assert await report(wired, first) == await report(wired, second) == problems


async def test_a_dry_run_says_what_would_happen(
    wired: Database, shop: Shop, tmp_path: Path
) -> None:
    path = write(tmp_path / "p.csv", [SHOPIFY, shopify("a"), shopify("b"), shopify("x", price="?")])
    dry = await run(wired, shop, path, is_dry_run=True)
    assert await content(wired, shop) == []
    real = await run(wired, shop, path)
    assert dry.counts == real.counts == ImportCounts(3, created=2, refused=1, errors=1)
    changed = write(tmp_path / "q.csv", [SHOPIFY, shopify("a", price="11"), shopify("b")])
    dry = await run(wired, shop, changed, is_dry_run=True)
    assert dry.counts == ImportCounts(2, changed=1, unchanged=1)


async def test_refuses_a_sku_of_another_product_in_the_shop(
    wired: Database, shop: Shop, tmp_path: Path
) -> None:
    await run(wired, shop, write(tmp_path / "p.csv", [SHOPIFY, shopify("a"), shopify("b")]))
    path = write(tmp_path / "q.csv", [SHOPIFY, shopify("new", sku="SKU-a"), shopify("c")])
    ended = await run(wired, shop, path)
    assert await report(wired, ended) == [(2, "import.sku_of_other_product")]
    assert ended.counts == ImportCounts(2, created=1, refused=1, errors=1)


async def test_a_file_of_another_kind_fails_in_words(
    wired: Database, shop: Shop, tmp_path: Path
) -> None:
    ended = await run(wired, shop, write(tmp_path / "p.csv", ["a,b,c", "1,2,3"]))
    assert (ended.state, ended.problem) == (ImportState.FAILED, "import.unknown_format")


async def test_stops_when_cancelled_and_keeps_what_was_written(
    wired: Database, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "PROGRESS_SECONDS", 0.0)
    path = write(tmp_path / "p.csv", [SHOPIFY, *(shopify(f"t-{n}") for n in range(600))])
    waiting = await start(wired, shop, path)
    write_batch = Writer.write

    async def cancelled_meanwhile(self: Writer, drafts: Sequence[ProductDraft]) -> Written:
        written = await write_batch(self, drafts)
        async with wired.begin() as session:
            await cancel_import(session, run_id=waiting.id)
        return written

    monkeypatch.setattr(Writer, "write", cancelled_meanwhile)
    ended = await perform_import(wired, run_id=waiting.id, path=path)
    assert ended.state is ImportState.CANCELLED
    assert len(await content(wired, shop)) == imports.PRODUCTS_AT_ONCE
    async with wired.begin() as session:
        with pytest.raises(ImportOver):
            await cancel_import(session, run_id=waiting.id)


async def test_one_import_of_a_shop_at_a_time(wired: Database, shop: Shop, tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", [SHOPIFY, shopify("a")])
    first = await start(wired, shop, path)
    second = await start(wired, shop, path)
    async with wired.begin() as session:
        await session.execute("UPDATE import_run SET state = 'running' WHERE id = $1", first.id)
    with pytest.raises(ImportBusy):
        await perform_import(wired, run_id=second.id, path=path)
    # The process of the first died: it is begun again and ends.
    assert (await perform_import(wired, run_id=first.id, path=path)).counts.created == 1
    assert (await perform_import(wired, run_id=second.id, path=path)).counts.unchanged == 1


async def test_a_finished_import_is_not_run_again(
    wired: Database, shop: Shop, tmp_path: Path
) -> None:
    path = write(tmp_path / "p.csv", [SHOPIFY, shopify("a")])
    ended = await run(wired, shop, path)
    assert await perform_import(wired, run_id=ended.id, path=tmp_path / "gone") == ended
    async with wired.read() as session:
        with pytest.raises(NoSuchImport):
            await get_import(session, run_id=new_id())


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["", "5", "7.50", "x"]),
        st.sampled_from(["", "S1", "S2", "S3"]),
        st.sampled_from(["", "Rot", "Blau"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=rows)
async def test_any_file_twice_changes_nothing(
    wired: Database, tmp_path: Path, rows: list[tuple[str, str, str, str]]
) -> None:
    shop = await make_shop(wired)
    lines = [
        shopify(handle, price=price, sku=sku or f"N{n}",
                **({"Option1 Name": "Farbe", "Option1 Value": colour} if colour else {}))
        for n, (handle, price, sku, colour) in enumerate(rows)
    ]  # fmt: skip
    path = write(tmp_path / "p.csv", [SHOPIFY, *lines])
    first = await run(wired, shop, path)
    before = await content(wired, shop)
    second = await run(wired, shop, path)
    assert await content(wired, shop) == before
    assert second.counts.unchanged == first.counts.created
    assert await report(wired, first) == await report(wired, second)
