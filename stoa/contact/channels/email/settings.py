"""What a merchant says of a mailbox, checked before it is stored."""

import re
from ipaddress import ip_address
from typing import Annotated, Any, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from stoa.contact.channels.email.keys import Unusable, check_certificate, check_key, make_key
from stoa.contact.channels.email.sign_in import PasswordSignIn, SignIn, with_servers
from stoa.contact.channels.protocol import ChannelSettings

Tls = Literal["implicit", "starttls", "none"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_URL = re.compile(r"https?://[^\s/@?#]+(/[^\s?#]*)?")
# RFC 5321 section 4.5.3.1.1
LOCAL_PART_MAX = 64
# Written where a key belongs, it asks for one.
NEW_KEY = "new"


def _address(value: str) -> str:
    try:
        checked = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError("it looks like name@example.org") from error
    if checked.ascii_email is None:
        raise ValueError("before the @, only Latin letters, digits and -._ reach everybody")
    return checked.normalized


def _host(value: str) -> str:
    value = value.strip().rstrip(".").lower()
    if value and not (_is_ip(value) or all(map(_is_label, value.split(".")))):
        raise ValueError("it looks like mail.example.org, without anything before or after it")
    return value


def _domain(value: str) -> str:
    value = value.strip().strip(".").lower()
    if value and (not all(map(_is_label, value.split("."))) or "." not in value):
        raise ValueError("it looks like example.org")
    return value


def _selector(value: str) -> str:
    value = value.strip().strip(".").lower()
    if value and not all(map(_is_label, value.split("."))):
        raise ValueError("it is one word, such as stoa")
    return value


def _is_ip(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


def _is_label(label: str) -> bool:
    try:
        plain = label.encode("idna").decode("ascii").lower() if label else ""
    except UnicodeError:
        return False
    return bool(_LABEL.fullmatch(plain))


def _web_address(value: str) -> str:
    value = value.strip()
    if value and not _URL.fullmatch(value):
        raise ValueError("it looks like http://127.0.0.1:11333")
    return value


def _plain_line(value: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _names(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _key(value: SecretStr) -> SecretStr:
    """The key, or a new one for who asks for it; the check shows what to publish for it."""
    pem = value.get_secret_value()
    if pem.strip().lower() == NEW_KEY:
        return SecretStr(make_key())
    try:
        check_key(pem)
    except Unusable as error:
        raise ValueError(str(error)) from error
    return value


def _certificate(value: str) -> str:
    try:
        check_certificate(value)
    except Unusable as error:
        raise ValueError(str(error)) from error
    return value.strip()


def _group(name: str) -> dict[str, Any]:
    return {"group": name}


def _text(name: str) -> dict[str, Any]:
    return {"group": name, "format": "multiline"}


def _password(name: str) -> dict[str, Any]:
    """Drawn only where one signs in with it."""
    return {"group": name, "only": {"field": "sign_in", "word": "kind", "is": "password"}}


Line = Annotated[str, Field(max_length=200), AfterValidator(_plain_line)]
Host = Annotated[str, Field(max_length=253), AfterValidator(_host)]
Port = Annotated[int, Field(ge=1, le=65_535)]
# In the form one text with commas, in the code a tuple.
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_names),
    PlainSerializer(", ".join, return_type=str),
    WithJsonSchema({"type": "string", "group": "imap"}),
]


class EmailSettings(ChannelSettings):
    """`channels.json` has the words of every field, and says what a provider calls it."""

    address: Annotated[str, Field(max_length=254), AfterValidator(_address)] = Field(
        json_schema_extra=_group("address")
    )
    sender_name: Line = Field(default="", json_schema_extra=_group("address"))
    # Where an answer is sent to, so that it finds its conversation even if all else is lost.
    answers_to: Literal["tagged", "tagged_from", "plain"] = Field(
        default="tagged", json_schema_extra=_group("address")
    )
    signature: Annotated[str, Field(max_length=2_000)] = Field(
        default="", json_schema_extra=_text("address")
    )

    sign_in: Annotated[SignIn, Field(discriminator="kind")] = Field(
        default=PasswordSignIn(), json_schema_extra=_group("sign_in")
    )

    reception: Literal["imap", "forward"] = Field(default="imap", json_schema_extra=_group("imap"))
    # With `forward`: what a provider forwards to. Empty: the address itself leads to us.
    forwarding_address: Annotated[str, Field(max_length=254)] = Field(
        default="", json_schema_extra=_group("imap")
    )
    imap_host: Host = Field(default="", validate_default=True, json_schema_extra=_group("imap"))
    imap_port: Port = Field(default=993, json_schema_extra=_group("imap"))
    imap_tls: Tls = Field(default="implicit", json_schema_extra=_group("imap"))
    imap_username: Line = Field(default="", json_schema_extra=_group("imap"))
    imap_password: SecretStr = Field(default=SecretStr(""), json_schema_extra=_password("imap"))
    imap_folder: Line = Field(default="INBOX", json_schema_extra=_group("imap"))
    # Mails older than this, when the mailbox is connected first, stay where they are.
    imap_days: Annotated[int, Field(ge=0, le=365)] = Field(
        default=2, json_schema_extra=_group("imap")
    )
    # Whose Authentication-Results are believed (RFC 8601 section 2.5): the provider's own.
    trusted_authserv_ids: Names = ()

    # An rspamd of one's own, asked about what comes in.
    rspamd_url: Annotated[str, Field(max_length=300), AfterValidator(_web_address)] = Field(
        default="", json_schema_extra=_group("imap")
    )

    smtp_host: Host = Field(default="", validate_default=True, json_schema_extra=_group("smtp"))
    smtp_port: Port = Field(default=465, json_schema_extra=_group("smtp"))
    smtp_tls: Tls = Field(default="implicit", json_schema_extra=_group("smtp"))
    smtp_username: Line = Field(default="", json_schema_extra=_group("smtp"))
    smtp_password: SecretStr = Field(default=SecretStr(""), json_schema_extra=_password("smtp"))

    dkim_domain: Annotated[str, Field(max_length=253), AfterValidator(_domain)] = Field(
        default="", json_schema_extra=_group("dkim")
    )
    dkim_selector: Annotated[str, Field(max_length=63), AfterValidator(_selector)] = Field(
        default="stoa", json_schema_extra=_group("dkim")
    )
    dkim_key: Annotated[SecretStr, AfterValidator(_key)] = Field(
        default=SecretStr(""), json_schema_extra=_text("dkim")
    )

    # For servers whose certificate no public authority has signed.
    ca_certificate: Annotated[str, AfterValidator(_certificate)] = Field(
        default="", json_schema_extra=_text("tls")
    )

    @model_validator(mode="before")
    @classmethod
    def _not_given(cls, values: Any) -> Any:
        """A secret that is kept nowhere is null in what the database has."""
        if not isinstance(values, dict):
            return values
        return with_servers({name: value for name, value in values.items() if value is not None})

    @field_validator("forwarding_address")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return _address(value) if value else ""

    @field_validator("imap_host")
    @classmethod
    def _is_given(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("reception") == "imap":
            raise ValueError("the mailbox is somewhere")
        return value

    @field_validator("smtp_host")
    @classmethod
    def _is_somewhere(cls, value: str) -> str:
        if not value:
            raise ValueError("mail leaves by a server")
        return value

    @field_validator("imap_tls", "smtp_tls")
    @classmethod
    def _is_secure(cls, value: Tls, info: ValidationInfo) -> Tls:
        host = info.data.get(f"{str(info.field_name)[:4]}_host")
        if value == "none" and host and host not in _LOOPBACK:
            raise ValueError("only a server on this machine may go without TLS")
        return value

    @field_validator("dkim_key")
    @classmethod
    def _has_domain(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if value.get_secret_value() and not info.data.get("dkim_domain"):
            raise ValueError("a key signs for a domain")
        return value

    @property
    def has_token(self) -> bool:
        """Whether one signs in by a provider's token."""
        return not isinstance(self.sign_in, PasswordSignIn)

    @property
    def imap_user(self) -> str:
        return self.imap_username or (self.plain_address if self.has_token else "")

    @property
    def smtp_user(self) -> str:
        return self.smtp_username or (self.plain_address if self.has_token else "")

    @property
    def local_part(self) -> str:
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """In its ASCII form (RFC 5890), as headers and servers need it."""
        return self.address.rpartition("@")[2].encode("idna").decode("ascii")

    @property
    def plain_address(self) -> str:
        return f"{self.local_part}@{self.domain}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """What the inbox is reached by, in lower case and without a tag."""
        own = self.plain_address.lower()
        return (own, self.forwarding_address.lower()) if self.forwarding_address else (own,)

    def tagged_address(self, token: str | None) -> str:
        """The address with a reply token, or without one where it would grow too long."""
        tagged = f"{self.local_part}+{token}"
        if not token or self.answers_to == "plain" or len(tagged) > LOCAL_PART_MAX:
            return self.plain_address
        return f"{tagged}@{self.domain}"
