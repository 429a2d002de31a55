"""Coming, going and being forgotten, by a clock of our own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import TypeAdapter

from stoa.assist.radar.board import MOST_FIELDS, Board
from stoa.assist.radar.schemas import VisitReport
from stoa.platform.ids import new_id
from stoa.platform.outbox.event import LoggedEvent

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHOP = UUID(int=2)
REPORT: TypeAdapter[VisitReport] = TypeAdapter(VisitReport)
HOME = REPORT.validate_python({"type": "page", "kind": "home", "path": "/en/"})


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def a_board(*ids: UUID) -> Board:
    board = Board()
    for id_ in ids:
        visit = board.arrive(id_, connection_id="one", user_agent="", locale="en", now=START)
        assert visit is not None
        board.take(visit, [HOME], shop_id=SHOP, now=START)
    return board


async def test_going_to_the_next_page_is_no_leaving() -> None:
    id_ = new_id()
    board = a_board(id_)
    board.leave(id_, connection_id="one", now=after(1))
    await board.sweep(now=after(5))
    assert board.visits[id_].is_online
    board.arrive(id_, connection_id="two", user_agent="", locale="en", now=after(6))
    await board.sweep(now=after(500))
    assert board.visits[id_].is_online


async def test_who_left_is_offline_and_then_gone() -> None:
    ids = [new_id() for _ in range(700)]
    board = a_board(*ids)
    for id_ in ids[:-1]:
        board.leave(id_, connection_id="one", now=after(1))
    board.changed.clear()
    await board.sweep(now=after(20))
    assert board.changed == set(ids[:-1])
    assert not any(board.visits[id_].is_online for id_ in ids[:-1])
    await board.sweep(now=after(200))
    assert set(board.visits) == {ids[-1]}
    assert {visit.id for visit in board.gone} == set(ids[:-1])
    assert board.changed == set()


async def test_idling_is_noticed_without_any_report() -> None:
    id_ = new_id()
    board = a_board(id_)
    step = REPORT.validate_python(
        {"type": "page", "kind": "checkout", "path": "/en/checkout/payment", "step": "payment"}
    )
    board.take(board.visits[id_], [step], shop_id=SHOP, now=after(1))
    await board.sweep(now=after(30))
    assert board.visits[id_].score == 0
    await board.sweep(now=after(90))
    assert [signal.kind for signal in board.visits[id_].signals] == ["idle_in_checkout"]


async def test_carts_orders_and_conversations_find_their_visit() -> None:
    id_, visitor_id = new_id(), new_id()
    board = a_board(id_)
    visit = board.visits[id_]
    board.link(visit, visitor_id=visitor_id, now=START)
    mine, other = str(visitor_id), str(new_id())

    def hear(type_: str, **data: object) -> None:
        board.hear([LoggedEvent("x", 1, type_, data, START)], now=START)

    for owner in (other, mine):
        hear("cart.changed", cart={"visitor_id": owner, "count": 2, "id": owner, "lines": []})
    assert visit.cart is not None
    assert visit.cart["visitor_id"] == mine
    conversation = {"visitor_id": mine, "id": str(new_id()), "state": "open"}
    hear("conversation.listed", conversation=conversation)
    assert str(visit.conversation_id) == conversation["id"]
    hear("conversation.listed", conversation={**conversation, "state": "closed"})
    assert visit.conversation_id is None
    assert visit.has_talked
    hear("order.placed", order={"visitor_id": mine, "id": str(new_id()), "number": "S-1"})
    ordered = board.visits[id_]
    assert (ordered.order_number, ordered.step) == ("S-1", "ordered")
    assert not ordered.has_cart
    hear("unknown.event", cart={"visitor_id": mine})


def test_a_flood_of_fields_is_bounded() -> None:
    id_ = new_id()
    board = a_board(id_)
    reports = [
        REPORT.validate_python({"type": "field_error", "field": f"f{number}", "reason": "bad"})
        for number in range(MOST_FIELDS * 3)
    ]
    board.take(board.visits[id_], reports, shop_id=SHOP, now=START)
    assert len(board.visits[id_].field_errors) == MOST_FIELDS
