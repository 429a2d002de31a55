"""What is left open while its person is erased."""

from stoa.commerce.shops.models import Shop
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import erase_customer, know_visitor
from stoa.platform.database.session import Database
from tests.contact.conversations.test_commands import begin
from tests.factories.people import a_visitor
from tests.factories.shops import with_reactions
from tests.servers.people import on_the_line


async def test_a_page_that_was_open_while_its_person_was_erased_begins_as_a_strangers(
    address: str, database: Database, shop: Shop
) -> None:
    """The connection has known them as a customer since it was opened."""
    visitor_id, token = await a_visitor(database)
    async with with_reactions(database).begin() as session:
        customer_id = await know_visitor(
            session,
            visitor_id=visitor_id,
            points=[Point(PointKind.EMAIL, "ghost@example.org")],
            name="Ghost",
            source="chat",
        )
    async with on_the_line(address, surface="counter", token=token) as customer:
        before = await begin(customer, shop)
        async with with_reactions(database).begin() as session:
            await erase_customer(session, customer_id=customer_id)

        after = await begin(customer, shop, "Is anybody there?")

    assert after["conversation"]["id"] != before["conversation"]["id"]
    async with database.read() as session:
        assert not await session.fetch_value(
            "SELECT EXISTS (SELECT FROM conversation WHERE customer_id = $1)", customer_id
        )
