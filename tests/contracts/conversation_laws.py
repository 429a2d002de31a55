"""What the law is proved with for conversations: the customer's and the desk's snapshots."""

from datetime import timedelta
from uuid import UUID

from stoa.assist.proposals.queries import open_proposals
from stoa.assist.proposals.schemas import Propose, ProposePercent
from stoa.assist.proposals.service import propose, refuse_proposal
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import get_row, get_snapshot
from stoa.contact.conversations.service import (
    DueWait,
    assign_conversation,
    claim_conversation,
    close_conversation,
    mark_read,
    reopen_conversation,
    set_contact,
    set_due,
    snooze_conversation,
    wake_conversation,
)
from stoa.contact.routing.schemas import QueueInput, TeamInput
from stoa.contact.routing.service import make_team, send_to_queue
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.outbox.log import topic_position
from tests.contracts.snapshot_law import Act, Law, View, plain
from tests.factories.contact import a_draft


def say(conversation_id: UUID, sender: Sender, body: str) -> Act:
    async def act(session: Session) -> None:
        await write_messages(session, [a_draft(conversation_id, sender, body)])

    return act


def conversation_law(conversation_id: UUID) -> Law[View]:
    """What the customer sees: the conversation and its messages."""

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        found = await get_snapshot(session, conversation_id=conversation_id, with_notes=False)
        messages = {str(one.id): one.model_dump(mode="json") for one in found.timeline.messages}
        state = {"conversation": found.view.model_dump(mode="json"), "messages": messages}
        return found.seq, plain(state)

    def apply(state: View, type_: str, seq: int, data: View) -> View:
        conversation, messages = state["conversation"], dict(state["messages"])
        match type_:
            case "message.added":
                messages[data["message"]["id"]] = plain(data["message"]) | {"seq": seq}
            case "message.changed":
                messages[data["message"]["id"]] = plain(data["message"])
            case "message.read":
                conversation = conversation | {f"{data['reader']}_read_seq": data["seq"]}
            case "conversation.changed":
                conversation = plain(data["conversation"])
            case _:
                raise AssertionError(type_)
        return {"conversation": conversation, "messages": messages}

    return Law(f"conversation:{conversation_id}", snapshot, apply)


def desk_law(conversation_id: UUID) -> Law[View]:
    """One row of the agents' list."""

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        seq, _ = await topic_position(session, topic="desk")
        row = await get_row(session, conversation_id=conversation_id)
        return seq, plain(row.model_dump(mode="json"))

    def apply(state: View, type_: str, _seq: int, data: View) -> View:
        assert type_ == "conversation.listed"
        row = plain(data["conversation"])
        is_newer = row["id"] == state["id"] and row["version"] > state["version"]
        return row if is_newer else state

    return Law("desk", snapshot, apply)


def conversation_acts(id_: UUID, customer: Sender, agent: Sender) -> list[Act]:
    assert agent.staff_id is not None

    async def suggest(session: Session) -> None:
        form = Propose(
            client_id="law-proposal-1",
            suggestion=ProposePercent(kind="percent", percent=5, reason="A chipped handle"),
        )
        await propose(session, conversation_id=id_, by=agent, form=form)

    async def refuse(session: Session) -> None:
        assert customer.visitor_id is not None
        waiting = await open_proposals(session, visitor_id=customer.visitor_id)
        await refuse_proposal(
            session, proposal_id=waiting.proposals[0].id, visitor_id=customer.visitor_id
        )

    async def aside(session: Session) -> None:
        await snooze_conversation(session, conversation_id=id_, until=None, by=agent)

    async def promise(session: Session) -> None:
        row = await get_row(session, conversation_id=id_)
        assert row.waiting_since is not None
        soon = row.waiting_since + timedelta(minutes=5)
        wait = DueWait(id_, row.waiting_since, warn_at=soon, due_at=soon)
        assert await set_due(session, waits=[wait]) == {id_}

    async def pass_on(session: Session) -> None:
        assert agent.staff_id is not None
        form = TeamInput(name=f"Team {id_}", queues=[QueueInput(name="Letters")])
        team_id = await make_team(session, by=agent.staff_id, form=form)
        queue_id = await session.fetch_value("SELECT id FROM queue WHERE team_id = $1", team_id)
        await send_to_queue(session, conversation_id=id_, queue_id=queue_id, by=agent)

    return [
        say(id_, customer, "Is it blue?"),
        promise,
        pass_on,
        aside,
        say(id_, customer, "Hello?"),
        aside,
        lambda s: wake_conversation(s, conversation_id=id_, by=agent),
        lambda s: claim_conversation(s, conversation_id=id_, by=agent),
        say(id_, agent, "It is."),
        lambda s: mark_read(s, conversation_id=id_, reader="agent", seq=1, visitor_id=None),
        lambda s: mark_read(
            s, conversation_id=id_, reader="customer", seq=3, visitor_id=customer.visitor_id
        ),
        suggest,
        refuse,
        lambda s: close_conversation(s, conversation_id=id_, by=agent),
        say(id_, customer, "One more thing"),
        lambda s: close_conversation(s, conversation_id=id_, by=customer),
        lambda s: reopen_conversation(s, conversation_id=id_, by=agent),
        lambda s: assign_conversation(s, conversation_id=id_, to=None, by=agent),
        lambda s: set_contact(
            s,
            conversation_id=id_,
            visitor_id=customer.visitor_id or id_,
            name="Anna",
            email="anna@example.org",
        ),
        say(id_, agent, "And now mine again"),
    ]
