"""The very words that customers agree to: what Stoa brings, or what a shop has made of them.

A version is never changed, a new one is added; whoever agreed has agreed to the words of then, and
those stand in the ledger.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from stoa.people.consent.errors import UnknownPlaceholder
from stoa.people.consent.models import POINT_PURPOSES, Purpose, Wording
from stoa.people.customers.models import PointKind
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import PLACEHOLDER, catalogue, render, translator
from stoa.platform.ids import new_id

# Of the words that Stoa brings, in the catalogue `consents`. A shop's own begin with 2.
DEFAULT_VERSION: Final = 1
PLACEHOLDERS: Final = frozenset({"shop", "way"})


@dataclass(frozen=True, slots=True)
class WordingVersion:
    """`text` as it is edited: `{shop}` and `{way}` ("by e-mail") are filled in where it is read.
    `made_at` is None for the words that Stoa brings."""

    purpose: Purpose
    locale: Locale
    version: int
    text: str
    made_by: str | None
    made_at: datetime | None


def default_version(*, purpose: Purpose, locale: Locale) -> WordingVersion:
    text = catalogue(locale, "consents")[f"wording.{purpose}"]
    assert isinstance(text, str)
    return WordingVersion(purpose, locale, DEFAULT_VERSION, text, None, None)


def as_read(version: WordingVersion, *, kind: PointKind, shop_name: str) -> Wording:
    """What a customer reads of it for such an address."""
    way = translator(version.locale, "consents")(f"way.{kind}")
    text = render(version.locale, version.text, {"shop": shop_name, "way": way})
    return Wording(text, str(version.version), version.locale)


async def wording_versions(session: ReadSession, *, shop_id: UUID) -> list[WordingVersion]:
    """What the shop has made, by purpose and language, the newest first."""
    rows = await session.fetch(
        "SELECT w.purpose, w.locale, w.version, w.text, s.name AS made_by, w.made_at"
        " FROM consent_wording w JOIN staff s ON s.id = w.made_by WHERE w.shop_id = $1"
        " ORDER BY w.purpose, w.locale, w.version DESC, w.id",
        shop_id,
    )
    return [WordingVersion(**{**row, "purpose": Purpose(row["purpose"])}) for row in rows]


async def current_wording(
    session: ReadSession,
    *,
    shop_id: UUID,
    shop_name: str,
    purpose: Purpose,
    kind: PointKind,
    locale: Locale,
    version: int | None = None,
) -> Wording:
    """What the shop asks now for such an address; or what it asked in `version`."""
    found = default_version(purpose=purpose, locale=locale)
    if version != DEFAULT_VERSION:
        row = await session.fetch_one(
            "SELECT version, text, made_at FROM consent_wording WHERE shop_id = $1"
            " AND purpose = $2 AND locale = $3"
            " ORDER BY version = $4 DESC NULLS LAST, version DESC, id LIMIT 1",
            shop_id,
            purpose,
            locale,
            version,
        )
        if row is not None:
            found = WordingVersion(purpose, locale, made_by=None, **row)
    return as_read(found, kind=kind, shop_name=shop_name)


async def wordings_for(
    session: ReadSession, *, shop_id: UUID, shop_name: str, kind: PointKind, locale: Locale
) -> Mapping[Purpose, Wording]:
    """What is asked now for such an address, by purpose."""
    return {
        purpose: await current_wording(
            session,
            shop_id=shop_id,
            shop_name=shop_name,
            purpose=purpose,
            kind=kind,
            locale=locale,
        )
        for purpose in POINT_PURPOSES
    }


async def add_wording(
    session: Session, *, shop_id: UUID, purpose: Purpose, locale: Locale, text: str, by: UUID
) -> int:
    """From now on this is what is asked; returns its version. The text that is asked already stays
    the version it is.

    Raises:
        UnknownPlaceholder: something other than `{shop}` and `{way}` stands in braces.
    """
    unknown = sorted(set(PLACEHOLDER.findall(text)) - PLACEHOLDERS)
    if unknown:
        raise UnknownPlaceholder(name=unknown[0])
    await session.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"wording:{shop_id}:{purpose}:{locale}",
    )
    newest = await session.fetch_one(
        "SELECT version, text FROM consent_wording WHERE shop_id = $1 AND purpose = $2"
        " AND locale = $3 ORDER BY version DESC, id LIMIT 1",
        shop_id,
        purpose,
        locale,
    )
    brought = default_version(purpose=purpose, locale=locale)
    version: int = newest["version"] if newest else brought.version
    if text == (newest["text"] if newest else brought.text):
        return version
    await session.execute(
        "INSERT INTO consent_wording (id, shop_id, purpose, locale, version, text, made_by,"
        " made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(),
        shop_id,
        purpose,
        locale,
        version + 1,
        text,
        by,
        now(),
    )
    return version + 1
