"""Giving products and categories their addresses, and keeping the old ones as redirects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from stoa.commerce.catalogue.slugs import slugify
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import in_locale

Kind = Literal["product", "category"]


@dataclass(frozen=True, slots=True)
class Named:
    """Something that has an address in every language of the shop."""

    id: UUID
    names: Mapping[str, str]
    slugs: Mapping[str, str]  # wished for; others are made from the names


def wanted_slug(named: Named, *, locale: str, shop: Shop, kind: Kind) -> str:
    wish = named.slugs.get(locale) or in_locale(named.names, locale, default=shop.default_locale)
    return slugify(wish, locale=locale) or kind


def is_still_right(current: str, wanted: str, id_: UUID) -> bool:
    return current in (wanted, distinct(wanted, id_))


def distinct(slug: str, id_: UUID) -> str:
    """The slug that is free for certain: the end of a UUIDv7 is random."""
    return f"{slug}-{id_.hex[-8:]}"


async def assign_slugs(session: Session, *, shop: Shop, kind: Kind, named: Sequence[Named]) -> None:
    """Each has a current slug in every language; a slug it had before leads to it."""
    ids = [item.id for item in named]
    wanted = {
        (item.id, locale): wanted_slug(item, locale=locale, shop=shop, kind=kind)
        for item in named
        for locale in shop.locales
    }
    rows = await session.fetch(
        f"SELECT locale, slug, {kind}_id AS owner, is_current FROM slug"
        f" WHERE shop_id = $1 AND kind = $2 AND (slug = ANY($3) OR {kind}_id = ANY($4))",
        shop.id,
        kind,
        list(set(wanted.values())),
        ids,
    )
    owners = {(row["locale"], row["slug"]): row["owner"] for row in rows}
    current = {(row["owner"], row["locale"]): row["slug"] for row in rows if row["is_current"]}
    changed: list[tuple[UUID, str, str]] = []
    for (id_, locale), slug in wanted.items():
        if is_still_right(current.get((id_, locale), ""), slug, id_):
            continue
        if owners.setdefault((locale, slug), id_) != id_:
            slug = distinct(slug, id_)
            owners[locale, slug] = id_
        changed.append((id_, locale, slug))
    if changed:
        await _store(session, shop=shop, kind=kind, changed=sorted(changed))


async def _store(
    session: Session, *, shop: Shop, kind: Kind, changed: Sequence[tuple[UUID, str, str]]
) -> None:
    ids, locales, slugs = ([row[part] for row in changed] for part in range(3))
    await session.execute(
        f"UPDATE slug SET is_current = false FROM unnest($1::uuid[], $2::text[]) AS w (id, locale)"
        f" WHERE slug.{kind}_id = w.id AND slug.locale = w.locale AND slug.is_current",
        ids,
        locales,
    )
    rows = await session.fetch(
        f"""
        INSERT INTO slug AS s (shop_id, kind, locale, slug, {kind}_id, created_at)
        SELECT $1, $2, w.locale, w.slug, w.id, $6
        FROM unnest($3::uuid[], $4::text[], $5::text[]) AS w (id, locale, slug)
        ON CONFLICT (shop_id, kind, locale, slug) DO UPDATE SET is_current = true
        WHERE s.{kind}_id = EXCLUDED.{kind}_id
        RETURNING {kind}_id AS id, locale
        """,
        shop.id,
        kind,
        ids,
        locales,
        slugs,
        now(),
    )
    # Somebody else may have taken a slug since we looked.
    given = {(row["id"], row["locale"]) for row in rows}
    missing = [row for row in changed if row[:2] not in given]
    if missing:
        again = [(id_, locale, distinct(slug, id_)) for id_, locale, slug in missing]
        await _store(session, shop=shop, kind=kind, changed=again)
