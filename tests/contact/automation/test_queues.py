"""A rule puts conversations only where somebody of their shop takes them."""

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.queries import get_row
from stoa.platform.database.session import Database
from stoa.platform.errors import InvalidInput
from tests.factories.automation import a_definition, a_rule, cards, say, settle
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.factories.routing import a_team
from tests.factories.shops import make_shop

REMOVED = "UPDATE queue SET removed_at = now()"
OF_ANOTHER = "INSERT INTO team_shop (team_id, shop_id) SELECT t.id, $1 FROM team t"


async def test_a_queue_that_is_no_more_or_another_shops_is_left_out(
    own_database: Database, house: Shop
) -> None:
    ada = await an_agent(own_database)
    other = await make_shop(own_database, name="Elsewhere")
    _, queue_id = await a_team(own_database, takes_counter=False)
    definition = a_definition(actions=[{"do": "queue", "queue_id": str(queue_id)}])
    await a_rule(own_database, shop_id=house.id, by=ada, definition=definition)
    found = []
    for change, *values in ((OF_ANOTHER, other.id), ("DELETE FROM team_shop",), (REMOVED,)):
        await own_database.pool.execute(change, *values)
        place, customer = await a_conversation(own_database, shop_id=house.id)
        await say(own_database, a_draft(place, customer))
        await settle(own_database)
        async with own_database.read() as session:
            row = await get_row(session, conversation_id=place)
        [card] = await cards(own_database, place)
        found.append((row.queue_id, card.deeds[0].skipped))

    assert found == [(None, "queue_gone"), (queue_id, None), (None, "queue_gone")]
    with pytest.raises(InvalidInput):
        await a_rule(own_database, shop_id=house.id, by=ada, definition=definition, name="Again")
    assert await own_database.pool.fetchval("SELECT count(*) FROM rule") == 1
