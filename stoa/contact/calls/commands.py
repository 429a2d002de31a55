"""The socket edge of calls: who may ask for what, and which pages tell each other what."""

from uuid import UUID

from stoa.contact.calls import keeping_commands, queries, service, sight
from stoa.contact.calls.asking import agent_of, customer_of, sender_of, switchboard_of
from stoa.contact.calls.events import (
    CALLS_TOPIC,
    SUPERVISION_TOPIC,
    CallChanged,
    CallListed,
    CallSupervised,
)
from stoa.contact.calls.models import OfferKind
from stoa.contact.calls.schemas import (
    AcceptCall,
    Answer,
    AskCallback,
    CallJoined,
    CallRow,
    ConnectLeg,
    CurrentCall,
    CurrentCallView,
    CustomerCall,
    DeclineCall,
    HoldCall,
    InviteToCall,
    MuteLeg,
    OneCall,
    PeerSignal,
    PressKey,
    QualityInput,
    QualitySignal,
    RingCustomer,
    StartCall,
    TransferCall,
)
from stoa.contact.conversations.schemas import Nothing
from stoa.people.actors import StaffActor, VisitorActor
from stoa.people.identity.models import Role
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import InvalidInput
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command, SignalRule, SignalType, TopicRule
from stoa.platform.web.ratelimit import MemoryBuckets, Rate

# Beginnings from one address: each rings people.
_beginnings = MemoryBuckets(Rate(burst=60, seconds_per_token=2))


# ---- the customer's commands --------------------------------------------------------------------


async def start(connection: Connection, form: StartCall) -> CustomerCall:
    visitor_id = customer_of(connection)
    _beginnings.require(connection.handshake.client_host)
    board = switchboard_of(connection)
    async with switchboard_of(connection).changing() as session:
        call = await service.start_call(
            session,
            desk=board.desk,
            visitor_id=visitor_id,
            connection_id=board.page_of(connection),
            form=form,
        )
    board.speaks(connection, call.id)
    return call


async def current(connection: Connection, form: CurrentCall) -> CurrentCallView:
    """A page that comes back after all others are gone is the one that counts."""
    visitor_id = customer_of(connection)
    async with connection.node.database.read() as session:
        view = await queries.current_call(session, visitor_id=visitor_id, shop_id=form.shop_id)
    if view.call is None or not any(leg.state == "away" for leg in view.call.legs):
        return view
    board = switchboard_of(connection)
    async with switchboard_of(connection).changing() as session:
        await service.come_back(
            session,
            call_id=view.call.id,
            visitor_id=visitor_id,
            connection_id=board.page_of(connection),
        )
    board.speaks(connection, view.call.id)
    async with connection.node.database.read() as session:
        return await queries.current_call(session, visitor_id=visitor_id, shop_id=form.shop_id)


async def ask_callback(connection: Connection, form: AskCallback) -> CustomerCall:
    visitor_id = customer_of(connection)
    async with switchboard_of(connection).changing() as session:
        return await service.ask_callback(
            session,
            desk=switchboard_of(connection).desk,
            call_id=form.call_id,
            visitor_id=visitor_id,
            phone=form.phone,
        )


# ---- both sides ---------------------------------------------------------------------------------


async def accept(connection: Connection, form: AcceptCall) -> CallJoined:
    sender = sender_of(connection)
    board = switchboard_of(connection)
    async with switchboard_of(connection).changing() as session:
        if sender.staff_id is None:
            joined = await service.accept_call(
                session,
                desk=board.desk,
                call_id=form.call_id,
                visitor_id=customer_of(connection),
                connection_id=board.page_of(connection),
            )
        elif form.offer_id is None:
            raise InvalidInput()
        else:
            joined = await service.accept_offer(
                session,
                desk=board.desk,
                call_id=form.call_id,
                offer_id=form.offer_id,
                staff_id=sender.staff_id,
                connection_id=board.page_of(connection),
            )
    board.speaks(connection, joined.call_id, joined.leg_id)
    return joined


async def decline(connection: Connection, form: DeclineCall) -> Nothing:
    sender = sender_of(connection)
    desk = switchboard_of(connection).desk
    async with switchboard_of(connection).changing() as session:
        if sender.staff_id is None:
            await service.decline_call(
                session, desk=desk, call_id=form.call_id, visitor_id=customer_of(connection)
            )
        elif form.offer_id is None:
            raise InvalidInput()
        else:
            await service.decline_offer(
                session,
                desk=desk,
                call_id=form.call_id,
                offer_id=form.offer_id,
                staff_id=sender.staff_id,
            )
    return Nothing()


async def connect(connection: Connection, form: ConnectLeg) -> Answer:
    answer = await switchboard_of(connection).connect(
        connection,
        call_id=form.call_id,
        leg_id=form.leg_id,
        by=sender_of(connection),
        sdp=form.sdp,
    )
    return Answer(sdp=answer)


async def hang_up(connection: Connection, form: OneCall) -> Nothing:
    async with switchboard_of(connection).changing() as session:
        await service.hang_up(
            session,
            desk=switchboard_of(connection).desk,
            call_id=form.call_id,
            by=sender_of(connection),
        )
    return Nothing()


async def hold(connection: Connection, form: HoldCall) -> Nothing:
    async with switchboard_of(connection).changing() as session:
        await service.hold_call(
            session, call_id=form.call_id, by=sender_of(connection), is_held=form.is_held
        )
    return Nothing()


async def mute(connection: Connection, form: MuteLeg) -> Nothing:
    async with switchboard_of(connection).changing() as session:
        await service.mute_leg(
            session, call_id=form.call_id, by=sender_of(connection), is_muted=form.is_muted
        )
    return Nothing()


async def press_key(connection: Connection, form: PressKey) -> Nothing:
    await switchboard_of(connection).press_key(
        call_id=form.call_id, by=sender_of(connection), digit=form.digit
    )
    return Nothing()


# ---- the agents' commands -----------------------------------------------------------------------


async def ring(connection: Connection, form: RingCustomer) -> CallRow:
    agent = agent_of(connection)
    board = switchboard_of(connection)
    async with switchboard_of(connection).changing() as session:
        row = await service.ring_customer(
            session, desk=board.desk, by=agent, connection_id=board.page_of(connection), form=form
        )
    board.speaks(connection, row.id)
    return row


async def close_callback(connection: Connection, form: OneCall) -> Nothing:
    agent = agent_of(connection)
    async with switchboard_of(connection).changing() as session:
        await service.close_callback(
            session, desk=switchboard_of(connection).desk, call_id=form.call_id, by=agent
        )
    return Nothing()


async def transfer(connection: Connection, form: TransferCall) -> CallRow:
    kind = OfferKind.TRANSFER if form.kind == "blind" else OfferKind.ATTENDED
    return await _ask_colleague(connection, form.call_id, form.staff_id, kind)


async def invite(connection: Connection, form: InviteToCall) -> CallRow:
    return await _ask_colleague(connection, form.call_id, form.staff_id, OfferKind.CONFERENCE)


async def _ask_colleague(
    connection: Connection, call_id: UUID, staff_id: UUID, kind: OfferKind
) -> CallRow:
    agent = agent_of(connection)
    async with switchboard_of(connection).changing() as session:
        return await service.ask_colleague(
            session,
            desk=switchboard_of(connection).desk,
            call_id=call_id,
            by=agent,
            staff_id=staff_id,
            kind=kind,
        )


async def complete_transfer(connection: Connection, form: OneCall) -> Nothing:
    agent = agent_of(connection)
    desk = switchboard_of(connection).desk
    async with switchboard_of(connection).changing() as session:
        await service.complete_transfer(session, desk=desk, call_id=form.call_id, by=agent)
    return Nothing()


async def cancel_transfer(connection: Connection, form: OneCall) -> Nothing:
    agent = agent_of(connection)
    desk = switchboard_of(connection).desk
    async with switchboard_of(connection).changing() as session:
        await service.cancel_transfer(session, desk=desk, call_id=form.call_id, by=agent)
    return Nothing()


async def measure(connection: Connection, form: QualityInput) -> None:
    switchboard_of(connection).measure(connection, form)


# ---- topics -------------------------------------------------------------------------------------


async def may_hear_calls(_session: ReadSession, actor: object, id_: str) -> bool:
    """Staff: every call that is not over."""
    return isinstance(actor, StaffActor) and id_ == ""


async def may_hear_supervision(_session: ReadSession, actor: object, id_: str) -> bool:
    """Supervisors: who listens."""
    return (
        isinstance(actor, StaffActor) and id_ == "" and actor.staff.role.includes(Role.SUPERVISOR)
    )


async def may_hear_call(session: ReadSession, actor: object, id_: str) -> bool:
    """Whoever is in the call."""
    try:
        call_id = UUID(id_)
    except ValueError:
        return False
    staff_id = actor.staff.id if isinstance(actor, StaffActor) else None
    visitor_id = actor.visitor_id if isinstance(actor, VisitorActor) else None
    return await queries.is_in_call(
        session, call_id=call_id, staff_id=staff_id, visitor_id=visitor_id
    )


COMMANDS: list[Command] = [
    Command("call.start", StartCall, start, CustomerCall),
    Command("call.current", CurrentCall, current, CurrentCallView),
    Command("call.accept", AcceptCall, accept, CallJoined),
    Command("call.decline", DeclineCall, decline, Nothing),
    Command("call.connect", ConnectLeg, connect, Answer),
    Command("call.hang_up", OneCall, hang_up, Nothing),
    Command("call.hold", HoldCall, hold, Nothing),
    Command("call.mute", MuteLeg, mute, Nothing),
    Command("call.digit", PressKey, press_key, Nothing),
    Command("call.ask_callback", AskCallback, ask_callback, CustomerCall),
    Command("call.close_callback", OneCall, close_callback, Nothing),
    Command("call.ring", RingCustomer, ring, CallRow),
    Command("call.transfer", TransferCall, transfer, CallRow),
    Command("call.complete_transfer", OneCall, complete_transfer, Nothing),
    Command("call.cancel_transfer", OneCall, cancel_transfer, Nothing),
    Command("call.invite", InviteToCall, invite, CallRow),
    *sight.COMMANDS,
    *keeping_commands.COMMANDS,
]
SIGNALS: list[SignalRule] = [
    SignalRule("call.quality", QualityInput, measure),
    *sight.SIGNALS,
]
TOPICS: list[TopicRule] = [
    TopicRule(CALLS_TOPIC, may_hear_calls),
    TopicRule(SUPERVISION_TOPIC, may_hear_supervision),
    TopicRule("call", may_hear_call),
]
EVENTS: list[type[Event]] = [CallChanged, CallListed, CallSupervised]
SIGNAL_TYPES: list[SignalType] = [
    SignalType("call.quality", QualitySignal),
    SignalType("call.peer", PeerSignal),
]
