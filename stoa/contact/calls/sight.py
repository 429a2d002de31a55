"""The socket edge of video, screens and stills: relays, signals between pages, and consent."""

from stoa.contact.calls import queries, service, snapshots
from stoa.contact.calls.asking import customer_of, sender_of, switchboard_of
from stoa.contact.calls.events import call_topic
from stoa.contact.calls.relays import give_relays
from stoa.contact.calls.schemas import (
    AnswerSnapshot,
    IceServers,
    IceServersView,
    PeerInput,
    PeerSignal,
    ShowSight,
)
from stoa.contact.conversations.schemas import Nothing
from stoa.people.actors import VisitorActor
from stoa.platform.clock import now
from stoa.platform.errors import NotFound
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command, SignalRule


async def ice_servers(connection: Connection, _form: IceServers) -> IceServersView:
    sender = sender_of(connection)
    async with connection.node.database.read() as session:
        return await give_relays(
            session,
            visitor_id=sender.visitor_id,
            staff_id=sender.staff_id,
            settings=connection.node.settings,
            at=now(),
        )


async def show(connection: Connection, form: ShowSight) -> Nothing:
    async with switchboard_of(connection).changing() as session:
        await service.show_sight(
            session, call_id=form.call_id, by=sender_of(connection), source=form.source
        )
    return Nothing()


async def answer_snapshot(connection: Connection, form: AnswerSnapshot) -> Nothing:
    visitor_id = customer_of(connection)
    assert isinstance(connection.actor, VisitorActor)
    async with switchboard_of(connection).changing() as session:
        await snapshots.answer_snapshot(
            session,
            call_id=form.call_id,
            visitor_id=visitor_id,
            customer_id=connection.actor.customer_id,
            is_agreed=form.is_agreed,
            locale=form.locale,
        )
    return Nothing()


async def peer(connection: Connection, form: PeerInput) -> None:
    """Only who talks in the call tells the others something; a page that came back does at once."""
    topic = call_topic(form.call_id)
    sender = sender_of(connection)
    if topic not in connection.topics:
        raise NotFound()
    async with connection.node.database.read() as session:
        leg_id = await queries.talking_leg(
            session,
            call_id=form.call_id,
            staff_id=sender.staff_id,
            visitor_id=sender.visitor_id,
        )
    signal = PeerSignal(
        call_id=form.call_id, from_leg_id=leg_id, to_leg_id=form.to_leg_id, data=form.data
    )
    connection.node.hub.signal(topic, "call.peer", signal, skip=connection)


COMMANDS: list[Command] = [
    Command("call.ice", IceServers, ice_servers, IceServersView),
    Command("call.show", ShowSight, show, Nothing),
    Command("call.answer_snapshot", AnswerSnapshot, answer_snapshot, Nothing),
]
SIGNALS: list[SignalRule] = [SignalRule("call.peer", PeerInput, peer)]
