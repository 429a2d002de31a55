"""The socket edge of co-browsing."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from stoa.contact.cobrowse import service
from stoa.contact.cobrowse.events import CobrowseChanged, watched_topic
from stoa.contact.cobrowse.queries import current_session, get_session, newest_session
from stoa.contact.cobrowse.relay import Relay, keeping_relay
from stoa.contact.cobrowse.schemas import (
    Act,
    ActedInput,
    ActedSignal,
    ActSent,
    ActSignal,
    AnswerCobrowse,
    AnswerControl,
    AskCobrowse,
    CobrowseLook,
    CobrowseView,
    CurrentCobrowse,
    CurrentCobrowseView,
    FrameInput,
    FrameSignal,
    LookCobrowse,
    OneSession,
    PageInput,
    PageSignal,
    PointInput,
    PointSignal,
    RefusedSignal,
    SlowSignal,
    WatchInput,
    WatchSignal,
)
from stoa.contact.conversations.models import Sender
from stoa.people.actors import StaffActor, VisitorActor
from stoa.people.identity.models import Staff
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import Forbidden, NotFound
from stoa.platform.node import Node
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command, SignalRule, SignalType, TopicRule


def _visitor_id(connection: Connection) -> UUID:
    actor = connection.actor
    if not isinstance(actor, VisitorActor) or actor.visitor_id is None:
        raise Forbidden()
    return actor.visitor_id


def _staff(connection: Connection) -> Staff:
    if not isinstance(connection.actor, StaffActor):
        raise Forbidden()
    return connection.actor.staff


def _relay(connection: Connection) -> Relay:
    return connection.node.part(Relay)


# ---- commands -----------------------------------------------------------------------------------


async def ask(connection: Connection, form: AskCobrowse) -> CobrowseView:
    staff = _staff(connection)
    async with connection.node.database.begin() as session:
        return await service.ask(
            session,
            conversation_id=form.conversation_id,
            by=Sender(staff_id=staff.id, staff_name=staff.name),
        )


async def look(connection: Connection, form: LookCobrowse) -> CobrowseLook:
    _staff(connection)
    async with connection.node.database.read() as session:
        return await newest_session(session, conversation_id=form.conversation_id)


async def current(connection: Connection, _form: CurrentCobrowse) -> CurrentCobrowseView:
    async with connection.node.database.read() as session:
        view = await current_session(session, visitor_id=_visitor_id(connection))
    if view.session is None:
        return view
    ear = await _relay(connection).listen(view.session.id)
    return view.model_copy(update={"is_watched": ear.is_watched})


async def answer(connection: Connection, form: AnswerCobrowse) -> CobrowseView:
    async with connection.node.database.begin() as session:
        view = await service.answer(
            session,
            session_id=form.session_id,
            visitor_id=_visitor_id(connection),
            is_agreed=form.is_agreed,
            wording=form.wording,
            locale=connection.locale,
        )
    if view.state == "active":
        await _relay(connection).listen(view.id)
    return view


async def stop(connection: Connection, form: OneSession) -> CobrowseView:
    visitor_id, staff_id = _side(connection)
    async with connection.node.database.begin() as session:
        return await service.stop(
            session, session_id=form.session_id, visitor_id=visitor_id, staff_id=staff_id
        )


async def ask_control(connection: Connection, form: OneSession) -> CobrowseView:
    staff = _staff(connection)
    async with connection.node.database.begin() as session:
        return await service.ask_control(session, session_id=form.session_id, staff_id=staff.id)


async def answer_control(connection: Connection, form: AnswerControl) -> CobrowseView:
    async with connection.node.database.begin() as session:
        return await service.answer_control(
            session,
            session_id=form.session_id,
            visitor_id=_visitor_id(connection),
            is_agreed=form.is_agreed,
            wording=form.wording,
            locale=connection.locale,
        )


async def release_control(connection: Connection, form: OneSession) -> CobrowseView:
    visitor_id, staff_id = _side(connection)
    async with connection.node.database.begin() as session:
        return await service.release_control(
            session, session_id=form.session_id, visitor_id=visitor_id, staff_id=staff_id
        )


async def act(connection: Connection, form: Act) -> ActSent:
    staff = _staff(connection)
    async with connection.node.database.begin() as session:
        action_id = await service.begin_action(
            session,
            session_id=form.session_id,
            staff_id=staff.id,
            kind=form.action.kind,
            page_url=_relay(connection).page_of(form.session_id),
        )
    signal = ActSignal(
        session_id=form.session_id,
        action_id=action_id,
        stream=form.stream,
        action=form.action,
        staff_name=staff.name,
    )
    connection.node.hub.signal(watched_topic(form.session_id), "cobrowse.act", signal)
    return ActSent(action_id=action_id)


def _side(connection: Connection) -> tuple[UUID | None, UUID | None]:
    """(visitor, None) or (None, member of staff)."""
    if isinstance(connection.actor, StaffActor):
        return None, connection.actor.staff.id
    return _visitor_id(connection), None


# ---- signals ------------------------------------------------------------------------------------


async def hear_frame(connection: Connection, form: FrameInput) -> None:
    await _relay(connection).take_frame(form, visitor_key=_visitor_key(connection))


async def hear_page(connection: Connection, form: PageInput) -> None:
    await _relay(connection).take_page(form, visitor_key=_visitor_key(connection))


async def hear_acted(connection: Connection, form: ActedInput) -> None:
    await _relay(connection).take_outcome(form, visitor_key=_visitor_key(connection))


async def hear_watch(connection: Connection, form: WatchInput) -> None:
    await _relay(connection).take_watch(form, staff_key=f"staff:{_staff(connection).id}")


async def hear_point(connection: Connection, form: PointInput) -> None:
    await _relay(connection).take_point(form, staff_key=f"staff:{_staff(connection).id}")


def _visitor_key(connection: Connection) -> str:
    return f"visitor:{_visitor_id(connection)}"


# ---- topics -------------------------------------------------------------------------------------


async def may_watch(session: ReadSession, actor: object, id_: str) -> bool:
    """The agent whom the customer let in, and nobody else."""
    view = await _live(session, id_)
    return isinstance(actor, StaffActor) and view is not None and actor.staff.id == view.staff_id


async def may_be_watched(session: ReadSession, actor: object, id_: str) -> bool:
    """The pages of the customer who is watched."""
    view = await _live(session, id_)
    return (
        isinstance(actor, VisitorActor) and view is not None and actor.visitor_id == view.visitor_id
    )


async def _live(session: ReadSession, id_: str) -> CobrowseView | None:
    try:
        view = await get_session(session, session_id=UUID(id_))
    except (ValueError, NotFound):
        return None
    return view if view.state != "ended" else None


PARTS: list[Callable[[Node], AbstractAsyncContextManager[None]]] = [keeping_relay]
COMMANDS: list[Command] = [
    Command("cobrowse.ask", AskCobrowse, ask, CobrowseView),
    Command("cobrowse.look", LookCobrowse, look, CobrowseLook),
    Command("cobrowse.current", CurrentCobrowse, current, CurrentCobrowseView),
    Command("cobrowse.answer", AnswerCobrowse, answer, CobrowseView),
    Command("cobrowse.stop", OneSession, stop, CobrowseView),
    Command("cobrowse.ask_control", OneSession, ask_control, CobrowseView),
    Command("cobrowse.answer_control", AnswerControl, answer_control, CobrowseView),
    Command("cobrowse.release_control", OneSession, release_control, CobrowseView),
    Command("cobrowse.act", Act, act, ActSent),
]
SIGNALS: list[SignalRule] = [
    SignalRule("cobrowse.frame", FrameInput, hear_frame),
    SignalRule("cobrowse.page", PageInput, hear_page),
    SignalRule("cobrowse.acted", ActedInput, hear_acted),
    SignalRule("cobrowse.watch", WatchInput, hear_watch),
    SignalRule("cobrowse.point", PointInput, hear_point),
]
TOPICS: list[TopicRule] = [
    TopicRule("cobrowse", may_watch),
    TopicRule("cobrowsed", may_be_watched),
]
EVENTS: list[type[Event]] = [CobrowseChanged]
SIGNAL_TYPES: list[SignalType] = [
    SignalType("cobrowse.frame", FrameSignal),
    SignalType("cobrowse.page", PageSignal),
    SignalType("cobrowse.acted", ActedSignal),
    SignalType("cobrowse.watch", WatchSignal),
    SignalType("cobrowse.point", PointSignal),
    SignalType("cobrowse.act", ActSignal),
    SignalType("cobrowse.slow", SlowSignal),
    SignalType("cobrowse.refused", RefusedSignal),
]
