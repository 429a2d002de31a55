"""The socket edge of what is kept and overheard: recording, voicemail, supervision."""

from stoa.contact.calls import service
from stoa.contact.calls.asking import agent_of, customer_of, switchboard_of
from stoa.contact.calls.schemas import (
    AnswerRecording,
    CallJoined,
    CallRow,
    CustomerCall,
    OneCall,
    RecordCall,
    SuperviseCall,
)
from stoa.contact.calls.service import Switchboard
from stoa.people.actors import StaffActor
from stoa.people.identity.models import Role
from stoa.platform.errors import Forbidden
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command


async def record(connection: Connection, form: RecordCall) -> CallRow:
    agent = agent_of(connection)
    assert agent.staff_id is not None
    async with switchboard_of(connection).changing() as session:
        return await service.record_call(
            session, call_id=form.call_id, staff_id=agent.staff_id, is_on=form.is_on
        )


async def answer_recording(connection: Connection, form: AnswerRecording) -> CustomerCall:
    visitor_id = customer_of(connection)
    async with switchboard_of(connection).changing() as session:
        return await service.answer_recording(
            session, call_id=form.call_id, visitor_id=visitor_id, is_agreed=form.is_agreed
        )


async def leave_voicemail(connection: Connection, form: OneCall) -> CustomerCall:
    visitor_id = customer_of(connection)
    async with switchboard_of(connection).changing() as session:
        return await service.leave_voicemail(
            session,
            desk=connection.node.part(Switchboard).desk,
            call_id=form.call_id,
            visitor_id=visitor_id,
        )


async def finish_voicemail(connection: Connection, form: OneCall) -> CustomerCall:
    visitor_id = customer_of(connection)
    async with switchboard_of(connection).changing() as session:
        return await service.finish_voicemail(
            session,
            desk=connection.node.part(Switchboard).desk,
            call_id=form.call_id,
            visitor_id=visitor_id,
        )


async def supervise(connection: Connection, form: SuperviseCall) -> CallJoined:
    actor = connection.actor
    if not isinstance(actor, StaffActor) or not actor.staff.role.includes(Role.SUPERVISOR):
        raise Forbidden()
    board = connection.node.part(Switchboard)
    async with switchboard_of(connection).changing() as session:
        if form.mode == "leave":
            return await service.stop_supervising(
                session, desk=board.desk, call_id=form.call_id, staff_id=actor.staff.id
            )
        joined = await service.supervise_call(
            session,
            desk=board.desk,
            call_id=form.call_id,
            staff=actor.staff,
            connection_id=board.page_of(connection),
            how=form.mode,
        )
    is_quiet = form.mode in ("listen", "whisper")
    board.speaks(connection, joined.call_id, joined.leg_id, is_quiet=is_quiet)
    return joined


COMMANDS: list[Command] = [
    Command("call.record", RecordCall, record, CallRow),
    Command("call.answer_recording", AnswerRecording, answer_recording, CustomerCall),
    Command("call.leave_voicemail", OneCall, leave_voicemail, CustomerCall),
    Command("call.finish_voicemail", OneCall, finish_voicemail, CustomerCall),
    Command("call.supervise", SuperviseCall, supervise, CallJoined),
]
