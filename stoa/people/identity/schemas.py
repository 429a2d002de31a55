"""What goes in and out of sign-in and the staff pages."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from stoa.people.identity.models import LinkPurpose, Role, Staff
from stoa.platform.i18n.locale import Locale

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Skill = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=40)
]
# NIST SP 800-63B section 5.1.1.2: length counts, composition rules do not. The upper bound keeps
# hashing cheap.
Password = Annotated[str, StringConstraints(min_length=10, max_length=200)]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(Input):
    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=320)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class UseLink(Input):
    """Answers a one-time link. Name and e-mail are needed for `setup`, ignored for `reset`."""

    password: Password
    name: Name | None = None
    email: EmailStr | None = None
    locale: Locale | None = None


class ChangePassword(Input):
    current: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    new: Password


class ChangeMe(Input):
    name: Name | None = None
    locale: Locale | None = None


class InviteStaff(Input):
    email: EmailStr
    name: Name
    role: Role = Role.AGENT
    locale: Locale = "en"


class ChangeStaff(Input):
    name: Name | None = None
    role: Role | None = None
    is_active: bool | None = None
    languages: list[Locale] | None = Field(default=None, max_length=20)
    skills: list[Skill] | None = Field(default=None, max_length=20)


class StaffView(BaseModel):
    id: UUID
    email: str
    name: str
    role: Role
    locale: str
    is_active: bool
    has_password: bool = Field(description="False until an invitation is answered")
    languages: list[str] = Field(description="Of their customers; empty: their own locale")
    skills: list[str] = Field(description="What calls and queues may ask for, in lower case")


class MeView(StaffView):
    session_id: UUID


class LinkView(BaseModel):
    """What a one-time link is for, shown before it is used."""

    purpose: LinkPurpose
    name: str
    email: str
    expires_at: datetime


class IssuedLink(BaseModel):
    """A link to hand over; it is shown once and cannot be read back."""

    staff: StaffView
    url: str
    expires_at: datetime


class SessionView(BaseModel):
    id: UUID
    user_agent: str
    ip: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


class AuditView(BaseModel):
    id: UUID
    staff_id: UUID | None
    staff_name: str | None
    action: str
    subject: str
    details: dict[str, Any]
    created_at: datetime


def staff_view(staff: Staff) -> StaffView:
    return StaffView(
        id=staff.id,
        email=staff.email,
        name=staff.name,
        role=staff.role,
        locale=staff.locale,
        is_active=staff.is_active,
        has_password=staff.has_password,
        languages=list(staff.languages),
        skills=list(staff.skills),
    )


def me_view(staff: Staff, session_id: UUID) -> MeView:
    return MeView(**staff_view(staff).model_dump(), session_id=session_id)
