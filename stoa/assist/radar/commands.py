"""The socket edge of the radar: pages report, the desk watches, customers answer invitations."""

from uuid import UUID

from stoa.assist.radar.invitations import answer_invitation
from stoa.assist.radar.models import LiveVisit
from stoa.assist.radar.queries import find_cart, look_up_visitor
from stoa.assist.radar.schemas import (
    AnswerInvitation,
    InvitationSignal,
    OpenVisit,
    RadarDelta,
    VisitDetail,
    VisitOpened,
    VisitReports,
)
from stoa.assist.radar.service import RADAR_TOPIC, Radar, invitation_signal
from stoa.contact.conversations.schemas import Nothing
from stoa.people.actors import StaffActor, VisitorActor
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import Forbidden
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Actor, Command, SignalRule, SignalType, TopicRule


def visit_id_of(actor: Actor) -> UUID | None:
    if isinstance(actor, VisitorActor) and actor.visit:
        return UUID(hex=actor.visit)
    return None


def _visit(connection: Connection) -> LiveVisit:
    """Raises:
    Forbidden: the connection is no page of a visit that is followed.
    """
    visit_id = visit_id_of(connection.actor)
    visit = connection.node.part(Radar).board.visits.get(visit_id) if visit_id else None
    if visit is None:
        raise Forbidden()
    return visit


class VisitListener:
    """Knows who is in the shop by the pages' connections, and whose by the counter's."""

    async def opened(self, connection: Connection) -> None:
        visit_id = visit_id_of(connection.actor)
        if visit_id is None:
            return
        board = connection.node.part(Radar).board
        if connection.handshake.surface == "storefront":
            visit = board.arrive(
                visit_id,
                connection_id=connection.id,
                user_agent=connection.handshake.user_agent,
                locale=connection.locale,
                now=now(),
            )
        else:
            visit = board.visits.get(visit_id)
        if visit is not None:
            await self._link(connection, visit)

    async def _link(self, connection: Connection, visit: LiveVisit) -> None:
        """What is known of the visitor is looked up once, when the visit turns out to be theirs."""
        actor = connection.actor
        assert isinstance(actor, VisitorActor)
        if actor.visitor_id is None or actor.visitor_id == visit.visitor_id:
            return
        board = connection.node.part(Radar).board
        board.link(visit, visitor_id=actor.visitor_id, now=now())
        async with connection.node.database.read() as session:
            known = await look_up_visitor(
                session, visitor_id=actor.visitor_id, visit_id=visit.id, before=visit.since
            )
            if visit.shop_id is not None:
                visit.cart = await find_cart(
                    session, shop_id=visit.shop_id, visitor_id=actor.visitor_id
                )
        visit.is_returning = known.is_returning
        if known.conversation_id is not None:
            visit.conversation_id, visit.has_talked = known.conversation_id, True
        board.touch(visit, now=now())

    async def closed(self, connection: Connection) -> None:
        visit_id = visit_id_of(connection.actor)
        if visit_id is not None and connection.handshake.surface == "storefront":
            board = connection.node.part(Radar).board
            board.leave(visit_id, connection_id=connection.id, now=now())


async def report(connection: Connection, form: VisitReports) -> None:
    visit = _visit(connection)
    is_first = visit.shop_id is None
    connection.node.part(Radar).board.take(visit, form.reports, shop_id=form.shop_id, now=now())
    if is_first and visit.visitor_id is not None:
        async with connection.node.database.read() as session:
            visit.cart = await find_cart(session, shop_id=form.shop_id, visitor_id=visit.visitor_id)
        connection.node.part(Radar).board.touch(visit, now=now())


async def open_visit(connection: Connection, _form: OpenVisit) -> VisitOpened:
    visit = _visit(connection)
    waiting = visit.invitation if visit.invitation and visit.invitation.state == "shown" else None
    return VisitOpened(
        visit_id=visit.id,
        visitor_id=visit.visitor_id,
        invitation=invitation_signal(waiting) if waiting else None,
    )


async def answer(connection: Connection, form: AnswerInvitation) -> Nothing:
    visit = _visit(connection)
    async with connection.node.database.begin() as session:
        await answer_invitation(
            session, invitation_id=form.invitation_id, visit_id=visit.id, state=form.state
        )
    if visit.invitation and visit.invitation.id == form.invitation_id:
        visit.invitation.state = form.state
        connection.node.part(Radar).board.touch(visit, now=now())
    return Nothing()


async def may_watch(_session: ReadSession, actor: object, id_: str) -> bool:
    """Staff: live visits as they change."""
    return isinstance(actor, StaffActor) and id_ == ""


async def may_watch_visit(_session: ReadSession, actor: object, _id: str) -> bool:
    """Staff, of the visit they look at."""
    return isinstance(actor, StaffActor)


async def may_be_invited(_session: ReadSession, actor: object, id_: str) -> bool:
    """A page hears the invitations of its own visit."""
    if not isinstance(actor, VisitorActor) or not actor.visit:
        return False
    return id_ == str(UUID(hex=actor.visit))


COMMANDS: list[Command] = [
    Command("visit.open", OpenVisit, open_visit, VisitOpened),
    Command("invitation.answer", AnswerInvitation, answer, Nothing),
]
SIGNALS: list[SignalRule] = [SignalRule("visit", VisitReports, report)]
TOPICS: list[TopicRule] = [
    TopicRule(RADAR_TOPIC, may_watch),
    TopicRule("visit", may_watch_visit),
    TopicRule("invitations", may_be_invited),
]
SIGNAL_TYPES: list[SignalType] = [
    SignalType("radar.changed", RadarDelta),
    SignalType("visit.changed", VisitDetail),
    SignalType("invitation", InvitationSignal),
]
