"""What the law is proved with for co-browsing: both sides' snapshots, and its acts."""

from uuid import UUID

from stoa.contact.cobrowse.queries import current_session, newest_session
from stoa.contact.cobrowse.service import (
    answer,
    answer_control,
    ask,
    ask_control,
    release_control,
    stop,
)
from stoa.contact.conversations.models import Sender
from stoa.platform.database.session import ReadSession, Session
from tests.contracts.snapshot_law import Act, Law, View, plain


def customer_cobrowse_law(visitor_id: UUID) -> Law[View]:
    """What the customer's page shows: gone once it has ended."""

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        found = await current_session(session, visitor_id=visitor_id)
        view = found.session and plain(found.session.model_dump(mode="json"))
        return found.seq, {"session": view}

    def apply(state: View, type_: str, _seq: int, data: View) -> View:
        assert type_ == "cobrowse.changed"
        view = plain(data["session"])
        return {"session": None if view["state"] == "ended" else view}

    return Law(f"visitor:{visitor_id}", snapshot, apply)


def agent_cobrowse_law(visitor_id: UUID, conversation_id: UUID) -> Law[View]:
    """What the desk shows: the newest one, ended or not."""

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        found = await newest_session(session, conversation_id=conversation_id)
        view = found.session and plain(found.session.model_dump(mode="json"))
        return found.seq, {"session": view}

    def apply(state: View, type_: str, _seq: int, data: View) -> View:
        assert type_ == "cobrowse.changed"
        return {"session": plain(data["session"])}

    return Law(f"visitor:{visitor_id}", snapshot, apply)


def cobrowse_acts(conversation_id: UUID, customer: Sender, agent: Sender) -> list[Act]:
    visitor_id, staff_id = customer.visitor_id, agent.staff_id
    assert visitor_id is not None
    assert staff_id is not None

    async def live(session: Session) -> UUID:
        current = await current_session(session, visitor_id=visitor_id)
        assert current.session is not None
        return current.session.id

    async def agree(session: Session) -> None:
        await answer(
            session,
            session_id=await live(session),
            visitor_id=visitor_id,
            is_agreed=True,
            wording="Look",
            locale="en",
        )

    async def want_control(session: Session) -> None:
        await ask_control(session, session_id=await live(session), staff_id=staff_id)

    async def give_control(session: Session) -> None:
        await answer_control(
            session,
            session_id=await live(session),
            visitor_id=visitor_id,
            is_agreed=True,
            wording="Act",
            locale="en",
        )

    async def take_control(session: Session) -> None:
        await release_control(session, session_id=await live(session), visitor_id=visitor_id)

    async def end(session: Session) -> None:
        await stop(session, session_id=await live(session), staff_id=staff_id)

    async def want(session: Session) -> None:
        await ask(session, conversation_id=conversation_id, by=agent)

    return [want, agree, want_control, give_control, take_control, end, want, agree, end]
