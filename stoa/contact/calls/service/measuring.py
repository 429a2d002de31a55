"""How calls sound: told to the others while it is talked, kept with the call at its end."""

from uuid import UUID

from stoa.contact.calls.quality import Averages, verdict_of, worst
from stoa.contact.calls.schemas import CallQuality, QualityInput, QualitySignal
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.settling import settle
from stoa.platform.database.session import Session


class Measured:
    """What the pages of this node measured of calls that are not over."""

    def __init__(self) -> None:
        self._calls: dict[UUID, dict[UUID, Averages]] = {}

    def add(self, leg_id: UUID, form: QualityInput) -> QualitySignal | None:
        """One more measure; what the others are told, if anything was measured."""
        measured = CallQuality(**form.model_dump(exclude={"call_id"}))
        verdict = verdict_of(measured)
        if verdict is None:
            return None
        self._calls.setdefault(form.call_id, {}).setdefault(leg_id, Averages()).add(measured)
        return QualitySignal(
            call_id=form.call_id,
            leg_id=leg_id,
            verdict=verdict,
            quality=measured.model_copy(update={"verdict": verdict}),
        )

    def take(self, call_id: UUID) -> CallQuality | None:
        """How the call sounded; it is forgotten here."""
        legs = self._calls.pop(call_id, None)
        return worst(leg.quality() for leg in legs.values()) if legs else None


async def keep_quality(session: Session, *, call_id: UUID, quality: CallQuality) -> None:
    """The call's card shows how it sounded. Of two nodes that measured, the worse one counts."""
    board = await open_board(session, ids=[call_id], is_whole=False)
    if call_id not in board.calls:
        return
    known = await session.fetch_value("SELECT quality FROM call WHERE id = $1", call_id)
    kept = worst([CallQuality.model_validate(known), quality])
    await session.execute(
        "UPDATE call SET quality = $2 WHERE id = $1", call_id, kept.model_dump(mode="json")
    )
    board.touch(call_id)
    await settle(board, Desk())
