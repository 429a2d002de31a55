"""The socket edge of proposals."""

from uuid import UUID

from stoa.assist.proposals import service
from stoa.assist.proposals.events import ProposalAnswered, ProposalMade
from stoa.assist.proposals.queries import open_proposals
from stoa.assist.proposals.schemas import (
    AnswerProposal,
    ListProposals,
    OpenProposals,
    ProposalView,
)
from stoa.contact.conversations.models import Sender
from stoa.people.actors import StaffActor, VisitorActor
from stoa.platform.errors import Forbidden
from stoa.platform.outbox.event import Event
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.registry import Command


def _visitor_id(connection: Connection) -> UUID:
    actor = connection.actor
    if not isinstance(actor, VisitorActor) or actor.visitor_id is None:
        raise Forbidden()
    return actor.visitor_id


async def list_open(connection: Connection, _form: ListProposals) -> OpenProposals:
    async with connection.node.database.read() as session:
        return await open_proposals(session, visitor_id=_visitor_id(connection))


async def accept(connection: Connection, form: AnswerProposal) -> ProposalView:
    async with connection.node.database.begin() as session:
        return await service.accept_proposal(
            session,
            proposal_id=form.proposal_id,
            visitor_id=_visitor_id(connection),
            locale=connection.locale,
        )


async def refuse(connection: Connection, form: AnswerProposal) -> ProposalView:
    async with connection.node.database.begin() as session:
        return await service.refuse_proposal(
            session, proposal_id=form.proposal_id, visitor_id=_visitor_id(connection)
        )


async def withdraw(connection: Connection, form: AnswerProposal) -> ProposalView:
    actor = connection.actor
    if not isinstance(actor, StaffActor):
        raise Forbidden()
    by = Sender(staff_id=actor.staff.id, staff_name=actor.staff.name)
    async with connection.node.database.begin() as session:
        return await service.withdraw_proposal(session, proposal_id=form.proposal_id, by=by)


COMMANDS: list[Command] = [
    Command("proposal.list", ListProposals, list_open, OpenProposals),
    Command("proposal.accept", AnswerProposal, accept, ProposalView),
    Command("proposal.refuse", AnswerProposal, refuse, ProposalView),
    Command("proposal.withdraw", AnswerProposal, withdraw, ProposalView),
]
EVENTS: list[type[Event]] = [ProposalMade, ProposalAnswered]
