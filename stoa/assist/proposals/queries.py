"""Reads about proposals."""

from uuid import UUID

from stoa.assist.proposals.schemas import OpenProposals, ProposalView
from stoa.people.hearing import visitor_topic
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.outbox.log import topic_position

VIEW = """SELECT p.id, p.conversation_id, s.name AS staff_name, m.card, p.created_at, p.answered_at
FROM proposal p JOIN staff s ON s.id = p.staff_id JOIN message m ON m.id = p.message_id"""


def view_of(row: Row) -> ProposalView:
    return ProposalView.model_validate(dict(row))


async def proposal_view(session: ReadSession, *, proposal_id: UUID) -> ProposalView:
    row = await session.fetch_one(f"{VIEW} WHERE p.id = $1", proposal_id)
    assert row is not None, "read in the transaction that locked it"
    return view_of(row)


async def open_proposals(session: ReadSession, *, visitor_id: UUID) -> OpenProposals:
    """What waits for the visitor's word, oldest first. The seq is read first: an event that comes
    again on top of the list changes nothing.
    """
    seq, _ = await topic_position(session, topic=visitor_topic(visitor_id))
    rows = await session.fetch(
        f"{VIEW} WHERE p.visitor_id = $1 AND p.state = 'open' ORDER BY p.created_at, p.id",
        visitor_id,
    )
    return OpenProposals(visitor_id=visitor_id, proposals=[view_of(row) for row in rows], seq=seq)


async def proposals_of_conversation(
    session: ReadSession, *, conversation_id: UUID
) -> list[ProposalView]:
    """All proposals made in a conversation, oldest first."""
    rows = await session.fetch(
        f"{VIEW} WHERE p.conversation_id = $1 ORDER BY p.created_at, p.id", conversation_id
    )
    return [view_of(row) for row in rows]
