"""Members of staff and their sessions, as the database holds them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def includes(self, other: "Role") -> bool:
        """Whoever has this role may do what `other` may: administrator > supervisor > agent."""
        return self.rank >= other.rank


class LinkPurpose(StrEnum):
    SETUP = "setup"
    INVITE = "invite"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Staff:
    id: UUID
    email: str
    name: str
    role: Role
    locale: str
    is_active: bool
    has_password: bool
    languages: tuple[str, ...] = ()  # those of calls; none: their own locale
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member of staff at this request, and the session that says so."""

    staff: Staff
    session_id: UUID


@dataclass(frozen=True, slots=True)
class StaffSession:
    id: UUID
    user_agent: str
    ip: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
