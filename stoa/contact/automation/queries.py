"""Reads about rules: the list, and what they did."""

from datetime import timedelta
from uuid import UUID

from stoa.contact.automation.models import Rule
from stoa.contact.automation.rules import is_undoable
from stoa.contact.automation.schemas import (
    Named,
    RuleDefinition,
    RuleOptions,
    RuleView,
    RunView,
    TriggerCode,
)
from stoa.contact.automation.webhooks.queries import list_webhooks
from stoa.contact.channels.service import list_inboxes
from stoa.contact.routing.queries import teams_view
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.errors import NotFound
from stoa.platform.web.paging import Page, decode_moment, encode_cursor

# Of a team `t`: it serves this shop, by name or because it serves all.
SERVES = """(NOT EXISTS (SELECT FROM team_shop x WHERE x.team_id = t.id)
    OR EXISTS (SELECT FROM team_shop x WHERE x.team_id = t.id AND x.shop_id = {shop}))"""
COUNTED_FOR = timedelta(days=7)

_VIEW = """
    SELECT r.id, r.shop_id, r.name, r.is_on, r.definition, r.version, r.updated_at,
        count(x.id) AS run_count, max(x.at) AS last_run_at
    FROM rule r LEFT JOIN rule_run x ON x.rule_id = r.id AND x.at > $1"""


async def list_rules(session: ReadSession, *, shop_id: UUID) -> list[RuleView]:
    """The shop's rules in the order in which they are asked."""
    rows = await session.fetch(
        f"{_VIEW} WHERE r.shop_id = $2 GROUP BY r.id ORDER BY r.position, r.id",
        now() - COUNTED_FOR,
        shop_id,
    )
    return [RuleView.model_validate(dict(row)) for row in rows]


async def get_rule(session: ReadSession, *, rule_id: UUID) -> RuleView:
    """Raises:
    NotFound: no such rule.
    """
    row = await session.fetch_one(
        f"{_VIEW} WHERE r.id = $2 GROUP BY r.id", now() - COUNTED_FOR, rule_id
    )
    if row is None:
        raise NotFound()
    return RuleView.model_validate(dict(row))


async def rule_options(session: ReadSession, *, shop_id: UUID) -> RuleOptions:
    """What the shop's rules can speak of, each by name."""
    inboxes = await list_inboxes(session, shop_id=shop_id)
    teams = (await teams_view(session)).teams
    rows = await session.fetch(
        "SELECT id, name FROM tag WHERE shop_id = $1 AND merged_into IS NULL"
        " AND removed_at IS NULL ORDER BY key, id",
        shop_id,
    )
    webhooks = await list_webhooks(session, shop_id=shop_id)
    return RuleOptions(
        channels=sorted({"chat", "call", *(inbox.channel for inbox in inboxes)}),
        inboxes=[Named(id=inbox.id, name=inbox.name) for inbox in inboxes],
        queues=[
            Named(id=queue.id, name=f"{team.name}, {queue.name}")
            for team in teams
            if not team.shop_ids or shop_id in team.shop_ids
            for queue in team.queues
        ],
        tags=[Named(id=row["id"], name=row["name"]) for row in rows],
        webhooks=[Named(id=webhook.id, name=webhook.name) for webhook in webhooks],
    )


async def rules_for(
    session: ReadSession, *, shop_id: UUID, triggers: tuple[TriggerCode, ...], rule_id: UUID | None
) -> list[Rule]:
    """The rules of the shop that are on and listen for one of these, in their order."""
    rows = await session.fetch(
        "SELECT id, shop_id, name, is_on, definition FROM rule"
        " WHERE shop_id = $1 AND is_on AND trigger = ANY($2::text[])"
        " AND ($3::uuid IS NULL OR id = $3) ORDER BY position, id",
        shop_id,
        list(triggers),
        rule_id,
    )
    return [
        Rule(
            id=row["id"],
            shop_id=row["shop_id"],
            name=row["name"],
            is_on=row["is_on"],
            definition=RuleDefinition.model_validate(row["definition"]),
        )
        for row in rows
    ]


async def list_runs(
    session: ReadSession, *, rule_id: UUID, cursor: str | None, limit: int = 30
) -> Page[RunView]:
    """What the rule did, the newest first."""
    key = decode_moment(cursor)
    rows = await session.fetch(
        "SELECT x.id, x.rule_id, r.name AS rule_name, x.conversation_id, c.contact_name, x.deeds,"
        " x.at, x.undone_at FROM rule_run x JOIN rule r ON r.id = x.rule_id"
        " JOIN conversation c ON c.id = x.conversation_id"
        " WHERE x.rule_id = $1 AND ($2::timestamptz IS NULL OR (x.at, x.id) < ($2, $3::uuid))"
        " ORDER BY x.at DESC, x.id DESC LIMIT $4",
        rule_id,
        *(key or (None, None)),
        limit + 1,
    )
    items = [run_view(row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return Page(items, encode_cursor(last.at.isoformat(), str(last.id)) if last else None)


def run_view(row: Row) -> RunView:
    view = RunView.model_validate({**dict(row), "can_undo": False})
    can_undo = view.undone_at is None and any(is_undoable(deed) for deed in view.deeds)
    return view.model_copy(update={"can_undo": can_undo})
