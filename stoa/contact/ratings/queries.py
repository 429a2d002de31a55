"""Reads about ratings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from stoa.contact.ratings.schemas import RatingSettings, RatingSummary, RatingView
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound

NEWEST = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A rating that was asked for, as the page of its link shows it."""

    id: UUID
    shop_id: UUID
    conversation_id: UUID
    locale: str
    score: int | None
    words: str


async def settings_of(session: ReadSession, *, shop_id: UUID) -> RatingSettings:
    """What cannot be read any more is as by default.

    Raises:
        NotFound: no such shop.
    """
    row = await session.fetch_one(
        "SELECT settings -> 'ratings' AS ratings FROM shop WHERE id = $1", shop_id
    )
    if row is None:
        raise NotFound()
    try:
        return RatingSettings.model_validate(row["ratings"] or {})
    except ValidationError:
        return RatingSettings()


async def asked_by_token(session: ReadSession, *, token: str) -> Asked:
    """Raises:
    NotFound: no such link.
    """
    row = await session.fetch_one(
        "SELECT r.id, r.shop_id, r.conversation_id, c.locale, r.score, r.words FROM rating r"
        " JOIN conversation c ON c.id = r.conversation_id WHERE r.token = $1",
        token,
    )
    if row is None:
        raise NotFound()
    return Asked(**dict(row))


async def summarise(session: ReadSession, *, shop_id: UUID, since: datetime) -> RatingSummary:
    """What was said of the shop lately."""
    counts = await session.fetch_one(
        "SELECT count(*) AS asked, count(score) AS given, avg(score)::float8 AS average,"
        " array(SELECT count(r.score) FROM generate_series(1, 5) AS s LEFT JOIN rating r"
        " ON r.score = s AND r.shop_id = $1 AND r.asked_at >= $2 GROUP BY s ORDER BY s) AS by_score"
        " FROM rating WHERE shop_id = $1 AND asked_at >= $2",
        shop_id,
        since,
    )
    assert counts is not None
    newest = await session.fetch(
        "SELECT r.id, r.conversation_id, c.contact_name, r.channel, r.staff_id,"
        " s.name AS staff_name, r.score, r.words, r.rated_at FROM rating r"
        " JOIN conversation c ON c.id = r.conversation_id LEFT JOIN staff s ON s.id = r.staff_id"
        " WHERE r.shop_id = $1 AND r.rated_at IS NOT NULL"
        " ORDER BY r.rated_at DESC, r.id DESC LIMIT $2",
        shop_id,
        NEWEST,
    )
    return RatingSummary(
        since=since, newest=[RatingView(**dict(row)) for row in newest], **dict(counts)
    )
