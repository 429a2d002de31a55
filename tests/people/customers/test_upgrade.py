"""Whoever ordered or left an address before there were customers is one after the upgrade."""

import shutil
from pathlib import Path

import asyncpg

from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.rules import key_of
from stoa.platform.database.embedded import EmbeddedPostgres
from stoa.platform.database.migrate import migrate, migrations_folder
from stoa.platform.i18n.locale import fold
from stoa.platform.ids import new_id

NAME, EMAIL = "Zofia Łącka-Żółć", "Zofia@Example.org"


async def test_makes_customers_of_who_was_known_before(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for path in sorted(migrations_folder().glob("000[1-8]_*.sql")):
        shutil.copy(path, before)
    url = await postgres.create_database("upgrade_people")
    try:
        await migrate(url, folder=before)
        connection = await asyncpg.connect(url)
        try:
            await fill(connection)
            await migrate(url)
            await check(connection)
        finally:
            await connection.close()
    finally:
        await postgres.drop_database("upgrade_people")


async def fill(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    shop_id = new_id()
    await connection.execute(
        "INSERT INTO shop (id, name, country, currency, default_locale, locales, created_at)"
        " VALUES ($1, 'Shop', 'PL', 'EUR', 'pl', '{pl}', now())",
        shop_id,
    )
    for name, email in ((NAME, EMAIL), ("", None)):
        visitor_id = new_id()
        await connection.execute(
            "INSERT INTO visitor (id, token_hash, created_at, last_seen_at)"
            " VALUES ($1, sha256($2), now(), now())",
            visitor_id,
            visitor_id.bytes,
        )
        await connection.execute(
            "INSERT INTO conversation (id, shop_id, visitor_id, channel, state, locale,"
            " contact_name, contact_email, last_message_at, created_at)"
            " VALUES ($1, $2, $3, 'chat', 'open', 'pl', $4, $5, now(), now())",
            new_id(),
            shop_id,
            visitor_id,
            name,
            email,
        )


async def check(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    [customer] = await connection.fetch("SELECT id, name, search_text FROM customer")
    assert (customer["name"], customer["search_text"]) == (NAME, fold(NAME))
    [point] = await connection.fetch("SELECT * FROM contact_point")
    assert (point["value"], point["state"], point["source"]) == (EMAIL, "claimed", "chat")
    assert point["key"] == key_of(Point(PointKind.EMAIL, EMAIL))
    owners = await connection.fetch(
        "SELECT v.customer_id AS of_visitor, c.customer_id FROM visitor v"
        " JOIN conversation c ON c.visitor_id = v.id ORDER BY v.customer_id NULLS LAST"
    )
    assert [tuple(row) for row in owners] == [(customer["id"], customer["id"]), (None, None)]
