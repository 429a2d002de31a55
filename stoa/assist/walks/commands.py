"""The socket edge of walks."""

from uuid import UUID

from stoa.assist.walks import service
from stoa.assist.walks.events import WalkChanged
from stoa.assist.walks.queries import current_walk, walk_of_conversation
from stoa.assist.walks.schemas import (
    AnswerWalk,
    AskWalk,
    CurrentWalk,
    CurrentWalkView,
    GoOn,
    LookWalk,
    OneWalk,
    WalkView,
)
from stoa.contact.conversations.models import Sender
from stoa.people.actors import StaffActor, VisitorActor
from stoa.platform.errors import Forbidden
from stoa.platform.node import Node
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command


def _visitor_id(connection: Connection) -> UUID:
    actor = connection.actor
    if not isinstance(actor, VisitorActor) or actor.visitor_id is None:
        raise Forbidden()
    return actor.visitor_id


def _agent(connection: Connection) -> Sender:
    actor = connection.actor
    if not isinstance(actor, StaffActor):
        raise Forbidden()
    return Sender(staff_id=actor.staff.id, staff_name=actor.staff.name)


async def ask(connection: Connection, form: AskWalk) -> WalkView:
    by = _agent(connection)
    own = connection.node.settings.base_url
    async with connection.node.database.begin() as session:
        return await service.ask(
            session, conversation_id=form.conversation_id, by=by, to=form.to, own=own
        )


async def go(connection: Connection, form: GoOn) -> WalkView:
    by = _agent(connection)
    own = connection.node.settings.base_url
    async with connection.node.database.begin() as session:
        return await service.go(session, walk_id=form.walk_id, by=by, to=form.to, own=own)


async def answer(connection: Connection, form: AnswerWalk) -> WalkView:
    visitor_id = _visitor_id(connection)
    async with connection.node.database.begin() as session:
        return await service.answer(
            session, walk_id=form.walk_id, visitor_id=visitor_id, is_agreed=form.is_agreed
        )


async def end(connection: Connection, form: OneWalk) -> WalkView:
    if isinstance(connection.actor, StaffActor):
        visitor_id, staff_id = None, connection.actor.staff.id
    else:
        visitor_id, staff_id = _visitor_id(connection), None
    async with connection.node.database.begin() as session:
        return await service.end(
            session, walk_id=form.walk_id, visitor_id=visitor_id, staff_id=staff_id
        )


async def current(connection: Connection, _form: CurrentWalk) -> CurrentWalkView:
    async with connection.node.database.read() as session:
        return await current_walk(session, visitor_id=_visitor_id(connection))


async def look(connection: Connection, form: LookWalk) -> CurrentWalkView:
    _agent(connection)
    async with connection.node.database.read() as session:
        return await walk_of_conversation(session, conversation_id=form.conversation_id)


async def end_overdue_periodically(node: Node) -> None:
    """Walks that stand still are over, a hundred per transaction."""
    while True:
        async with node.database.begin() as session:
            if await service.end_overdue(session) == 0:
                return


COMMANDS: list[Command] = [
    Command("walk.ask", AskWalk, ask, WalkView),
    Command("walk.go", GoOn, go, WalkView),
    Command("walk.answer", AnswerWalk, answer, WalkView),
    Command("walk.end", OneWalk, end, WalkView),
    Command("walk.current", CurrentWalk, current, CurrentWalkView),
    Command("walk.look", LookWalk, look, CurrentWalkView),
]
EVENTS: list[type[Event]] = [WalkChanged]
