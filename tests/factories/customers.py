"""Customers by what is known of them, and their merges."""

from typing import Any
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.service import ensure_conversation, set_contact
from stoa.people.customers.models import KnownCustomer, Point, PointKind
from stoa.people.customers.service import customer_of_point, merge_customers, unmerge_customers
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.people import a_visitor

# What a merge may touch, without what counts how often a row was changed.
TABLES = {
    "customer": "to_jsonb(t)",
    "visitor": "to_jsonb(t)",
    "conversation": "to_jsonb(t) - 'version'",
    '"order"': "to_jsonb(t) - 'version'",
    "contact_point": "to_jsonb(t)",
    "consent": "to_jsonb(t)",
    "customer_note": "to_jsonb(t)",
    "merge_proposal": "to_jsonb(t)",
}


async def dump(database: Database) -> dict[str, list[Any]]:
    async with database.read() as session:
        return {
            table: [
                row["row"]
                for row in await session.fetch(f"SELECT {row} AS row FROM {table} t ORDER BY id")
            ]
            for table, row in TABLES.items()
        }


def an_email() -> Point:
    return Point(PointKind.EMAIL, f"{new_id().hex}@example.org")


async def a_sender(
    database: Database, point: Point, *, name: str = "", is_verified: bool = True
) -> KnownCustomer:
    async with database.begin() as session:
        return await customer_of_point(
            session, point=point, is_verified=is_verified, name=name, locale="pl", source="email"
        )


async def a_chat(database: Database, shop: Shop, *, email: str, name: str = "Anna") -> UUID:
    """A customer who left their address in a chat of their own; returns which."""
    visitor_id, _ = await a_visitor(database)
    await talk(database, shop, visitor_id=visitor_id, email=email, name=name)
    async with database.read() as session:
        found: UUID = await session.fetch_value(
            "SELECT customer_id FROM visitor WHERE id = $1", visitor_id
        )
    return found


async def talk(
    database: Database,
    shop: Shop,
    *,
    visitor_id: UUID,
    email: str,
    name: str,
    channel: str = "chat",
) -> UUID:
    async with database.begin() as session:
        conversation_id = await ensure_conversation(
            session,
            visitor_id=visitor_id,
            shop_id=shop.id,
            locale="en",
            page_url="",
            channel=channel,
        )
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=conversation_id,
            visitor_id=visitor_id,
            name=name,
            email=email,
        )
    return conversation_id


async def merge(database: Database, from_id: UUID, into_id: UUID, *, by: UUID) -> UUID:
    async with database.begin() as session:
        return await merge_customers(session, from_id=from_id, into_id=into_id, by=by)


async def undo(database: Database, merge_id: UUID, *, by: UUID) -> None:
    async with database.begin() as session:
        await unmerge_customers(session, merge_id=merge_id, by=by)


async def owners(database: Database, table: str, ids: list[UUID]) -> list[UUID]:
    async with database.read() as session:
        rows = await session.fetch(
            f"SELECT customer_id FROM {table} WHERE id = ANY($1::uuid[]) ORDER BY id", sorted(ids)
        )
    return [row["customer_id"] for row in rows]
