"""The socket edge of ratings."""

from stoa.contact.conversations.schemas import Nothing
from stoa.contact.ratings.events import ConversationRated
from stoa.contact.ratings.schemas import GiveRating
from stoa.contact.ratings.service import give_rating
from stoa.people.actors import VisitorActor
from stoa.platform.errors import Forbidden
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command


async def give(connection: Connection, form: GiveRating) -> Nothing:
    """In the chat, by whoever was asked there."""
    actor = connection.actor
    if not isinstance(actor, VisitorActor) or actor.visitor_id is None:
        raise Forbidden()
    async with connection.node.database.begin() as session:
        await give_rating(
            session,
            rating_id=form.rating_id,
            score=form.score,
            words=form.words,
            visitor_id=actor.visitor_id,
        )
    return Nothing()


COMMANDS: list[Command] = [Command("rating.give", GiveRating, give, Nothing)]
EVENTS: list[type[Event]] = [ConversationRated]
