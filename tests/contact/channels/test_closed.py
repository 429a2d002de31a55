"""What a shop says by itself while it is closed."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stoa.commerce.shops.service import update_settings
from stoa.contact.channels.queries import recent_wait, recent_waits
from stoa.contact.channels.receive import take
from stoa.contact.hours.schemas import OpeningHours
from stoa.platform.i18n.formats import format_moment
from stoa.platform.ids import new_id
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import a_mail

CLOSED: dict[str, Any] = {
    "timezone": "Europe/Warsaw",
    "weekly": {},
    "days": [{"from_date": "2099-01-01", "to_date": "2099-01-01", "spans": [["09:00", "10:00"]]}],
    "words": {"all": {"en": "We are closed until {{opens}}.", "de": "Wir sind bald wieder da."}},
}


async def set_hours(place: Place, hours: Any) -> None:
    async with place.node.database.begin() as session:
        await update_settings(session, shop_id=place.shop.id, settings={"hours": hours})


async def come(place: Place, name: str, **more: Any) -> None:
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail(name, **more))


async def said_by_the_house(place: Place) -> list[str]:
    async with place.node.database.read() as session:
        rows = await session.fetch(
            "SELECT body FROM message WHERE sender_kind = 'system' AND kind = 'text'"
            " ORDER BY created_at, id"
        )
    return [row["body"] for row in rows]


async def queued(place: Place) -> list[dict[str, Any]]:
    async with place.node.database.read() as session:
        rows = await session.fetch("SELECT * FROM delivery ORDER BY created_at, id")
    return [dict(row) for row in rows]


async def test_says_once_a_day_that_it_is_closed(place: Place) -> None:
    await set_hours(place, CLOSED)
    await come(place, "<1>", text="Wo ist mein Paket, das ich gestern bestellt habe?")
    await come(place, "<2>", text="Hallo, ist da jemand? Ich warte auf mein Paket.")
    assert await said_by_the_house(place) == ["Wir sind bald wieder da."]
    [delivery] = await queued(place)
    assert delivery["to_value"] == "anna@example.com"
    assert delivery["content"]["is_automatic"] is True
    assert len(delivery["message_ids"]) == 1
    async with place.node.database.read() as session:
        row = await session.fetch_one("SELECT waiting_since, message_count FROM conversation")
    assert row is not None
    assert row["waiting_since"] is not None, "nobody has answered"
    assert row["message_count"] == 3


async def test_says_when_it_opens(place: Place) -> None:
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    english = {
        **CLOSED,
        "words": {"all": {"en": "Until {{opens}}."}},
        "days": [{"from_date": str(day), "to_date": str(day), "spans": [["09:00", "10:00"]]}],
    }
    await set_hours(place, english)
    await come(place, "<1>", text="Hello")
    zone = "Europe/Warsaw"
    opens = datetime.combine(day, time(9), ZoneInfo(zone))
    assert await said_by_the_house(place) == [
        f"Until {format_moment(opens, locale='en', zone=zone)}."
    ]


@pytest.mark.parametrize(
    ("hours", "mail"),
    [
        (None, {}),
        ({**CLOSED, "words": {}}, {}),
        ({**CLOSED, "channels": {"folder": {"mon": [["00:00", "00:00"]]}}, "days": [
            {"from_date": "2000-01-01", "to_date": "2098-12-31", "spans": [["00:00", "00:00"]]}
        ]}, {}),
        (CLOSED, {"is_automatic": True}),
    ],
)  # fmt: skip
async def test_says_nothing_while_open_or_to_a_machine(
    place: Place, hours: Any, mail: dict[str, Any]
) -> None:
    await set_hours(place, hours)
    await come(place, "<1>", **mail)
    assert await said_by_the_house(place) == []
    assert await queued(place) == []


async def test_a_night_does_not_count_as_waiting(place: Place) -> None:
    hours = OpeningHours.model_validate(
        {"timezone": "UTC", "weekly": {"mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]]}}
    )
    await set_hours(place, hours.model_dump(mode="json"))
    await come(place, "<1>", text="Hello")
    asked = datetime(2026, 11, 23, 16, 50, tzinfo=UTC)  # a Monday
    answered = datetime(2026, 11, 24, 9, 10, tzinfo=UTC)
    async with place.node.database.begin() as session:
        for minutes in range(4):
            await session.execute(
                "INSERT INTO answer_time"
                " (id, shop_id, conversation_id, channel, asked_at, answered_at, was_first)"
                " SELECT $1, shop_id, id, 'folder', $2, $3, false FROM conversation",
                new_id(),
                asked,
                answered + timedelta(minutes=minutes),
            )
        at = answered + timedelta(minutes=30)
        open_time = await recent_wait(
            session, shop_id=place.shop.id, channel="folder", at=at, hours=hours
        )
        by_the_clock = await recent_wait(session, shop_id=place.shop.id, channel="folder", at=at)
        waits = await recent_waits(session, shop_id=place.shop.id, at=at)
    assert open_time is not None
    assert by_the_clock is not None
    assert (open_time.low_seconds, open_time.high_seconds) == (1500, 1500)
    assert by_the_clock.low_seconds > 50_000
    assert [(one.channel, one.wait) for one in waits] == [("folder", open_time)]
