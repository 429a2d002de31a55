"""Drafts become products, a batch in a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from stoa.commerce.catalogue.errors import SkuTaken
from stoa.commerce.catalogue.importing.assembling import external_id_of
from stoa.commerce.catalogue.importing.drafts import (
    CategoryPath,
    ProductDraft,
    RowProblem,
    without_variants,
)
from stoa.commerce.catalogue.schemas import CategoryRecord, UpsertCounts
from stoa.commerce.catalogue.service.categories import upsert_categories
from stoa.commerce.catalogue.service.fetching import enqueue_fetching
from stoa.commerce.catalogue.service.products import preview_products, upsert_products
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.errors import Param


@dataclass(frozen=True, slots=True)
class Written:
    counts: UpsertCounts
    refused: int
    problems: tuple[RowProblem, ...]


class Writer:
    """Writes one file's drafts into one shop; with `is_dry_run` only says what it would do."""

    def __init__(self, database: Database, *, shop: Shop, run_id: UUID, is_dry_run: bool) -> None:
        self._database = database
        self._shop = shop
        self._run_id = run_id
        self._is_dry_run = is_dry_run
        self._known: set[CategoryPath] = set()

    async def write(self, drafts: Sequence[ProductDraft]) -> Written:
        """The drafts that have a record are products of the shop now."""
        async with self._database.read() as session:
            kept = await self._without_taken_skus(session, drafts)
        try:
            counts = await self._store(kept)
        except SkuTaken:
            # Somebody took a SKU since we looked: find out whose draft it is.
            return await self._write_singly(kept)
        return _summary(kept, counts)

    async def _write_singly(self, drafts: Sequence[ProductDraft]) -> Written:
        counts = UpsertCounts()
        kept = []
        for draft in drafts:
            try:
                counts += await self._store([draft])
                kept.append(draft)
            except SkuTaken:
                problem = RowProblem(draft.line, "import.sku_of_other_product", "sku")
                kept.append(without_variants(draft, (), (*draft.problems, problem)))
        return _summary(kept, counts)

    async def _store(self, drafts: Sequence[ProductDraft]) -> UpsertCounts:
        records = [draft.record for draft in drafts if draft.record]
        if self._is_dry_run:
            async with self._database.read() as session:
                return await preview_products(session, shop=self._shop, records=records)
        async with self._database.begin() as session:
            await self._ensure_categories(session, drafts)
            counts = await upsert_products(session, shop=self._shop, records=records)
            await self._fetch_pictures(session, drafts)
        return counts

    async def _ensure_categories(self, session: Session, drafts: Sequence[ProductDraft]) -> None:
        """The categories named exist. One that exists keeps what the merchant made of it."""
        paths = {
            path[:depth]
            for draft in drafts
            for path in draft.categories
            for depth in range(1, len(path) + 1)
        } - self._known
        if not paths:
            return
        rows = await session.fetch(
            "SELECT external_id FROM category WHERE shop_id = $1 AND external_id = ANY($2)",
            self._shop.id,
            [external_id_of(path) for path in paths],
        )
        existing = {row["external_id"] for row in rows}
        records = [
            CategoryRecord(
                external_id=external_id_of(path),
                names={self._shop.default_locale: path[-1]},
                parent_external_id=external_id_of(path[:-1]) if len(path) > 1 else None,
            )
            for path in sorted(paths)
            if external_id_of(path) not in existing
        ]
        await upsert_categories(session, shop=self._shop, records=records)
        self._known |= paths

    async def _fetch_pictures(self, session: Session, drafts: Sequence[ProductDraft]) -> None:
        lines = {url: line for draft in drafts for url, line in draft.picture_lines.items()}
        await enqueue_fetching(session, shop=self._shop, run_id=self._run_id, lines=lines)

    async def _without_taken_skus(
        self, session: ReadSession, drafts: Sequence[ProductDraft]
    ) -> list[ProductDraft]:
        records = {draft.record.external_id: draft.record for draft in drafts if draft.record}
        rows = await session.fetch(
            "SELECT v.sku, p.external_id FROM variant v JOIN product p ON p.id = v.product_id"
            " WHERE v.shop_id = $1 AND v.sku = ANY($2) AND v.is_active",
            self._shop.id,
            [variant.sku for record in records.values() for variant in record.variants],
        )
        owners = {row["sku"]: row["external_id"] for row in rows}
        for sku, owner in list(owners.items()):
            # The owner gives it up in this very batch.
            if owner in records and sku not in {v.sku for v in records[owner].variants}:
                del owners[sku]
        return [_without_others_skus(draft, owners) for draft in drafts]


def _without_others_skus(draft: ProductDraft, owners: dict[str, str | None]) -> ProductDraft:
    if draft.record is None:
        return draft
    own = draft.record.external_id
    problems = list(draft.problems)
    kept = []
    for variant, line in zip(draft.record.variants, draft.variant_lines, strict=True):
        if owners.get(variant.sku, own) == own:
            kept.append((variant, line))
        else:
            params: dict[str, Param] = {"sku": variant.sku}
            problems.append(RowProblem(line, "import.sku_of_other_product", "sku", params))
    if len(kept) == len(draft.record.variants):
        return draft
    return without_variants(draft, kept, problems)


def _summary(drafts: Sequence[ProductDraft], counts: UpsertCounts) -> Written:
    return Written(
        counts=counts,
        refused=sum(draft.record is None for draft in drafts),
        problems=tuple(problem for draft in drafts for problem in draft.problems),
    )
