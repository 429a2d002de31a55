"""How one signs in to a mailbox: with a password, or by a token of a provider (OAuth 2.0)."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from stoa.contact.channels.protocol import Provider

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"https?://[^\s/@?#]+(/[^\s#]*)?")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 3.3


def _endpoint(value: str) -> str:
    value = value.strip()
    host = urlsplit(value).hostname or ""
    if not _ADDRESS.fullmatch(value) or not (value.startswith("https:") or host in _LOOPBACK):
        raise ValueError("it looks like https://login.example.org/oauth/token")
    return value


def _endpoint_or_none(value: str) -> str:
    return _endpoint(value) if value.strip() else ""


def _scopes(value: str) -> str:
    words = value.replace(",", " ").split()
    if not words or not all(map(_SCOPE.fullmatch, words)):
        raise ValueError("words with spaces between them")
    return " ".join(words)


def _word(value: str) -> str:
    value = value.strip()
    if not value or not value.isprintable():
        raise ValueError("as the provider shows it")
    return value


Endpoint = Annotated[str, Field(max_length=500), AfterValidator(_endpoint)]
ClientId = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_word)]
ClientSecret = Annotated[SecretStr, Field(max_length=1000)]


class _Chosen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _not_given(cls, values: Any) -> Any:
        """A secret that is kept nowhere is null in what the database has."""
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value is not None}


class PasswordSignIn(_Chosen):
    kind: Literal["password"] = "password"


class MicrosoftSignIn(_Chosen):
    """learn.microsoft.com: "Authenticate an IMAP, POP or SMTP connection using OAuth"."""

    model_config = ConfigDict(json_schema_extra={"redirects": True})

    kind: Literal["microsoft"]
    # The directory of the company: its id or a domain of it; `common` for an app of many companies.
    tenant: str = Field(default="common", pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$")
    client_id: ClientId
    client_secret: ClientSecret = SecretStr("")


class GoogleSignIn(_Chosen):
    """developers.google.com: "OAuth 2.0 Mechanism" of Gmail, and "Using OAuth 2.0 for Web Server
    Applications"."""

    model_config = ConfigDict(json_schema_extra={"redirects": True})

    kind: Literal["google"]
    client_id: ClientId
    client_secret: ClientSecret = SecretStr("")


class OtherSignIn(_Chosen):
    """A provider that says where it is."""

    model_config = ConfigDict(json_schema_extra={"redirects": True})

    kind: Literal["oauth"]
    authorization_url: Endpoint
    token_url: Endpoint
    revocation_url: Annotated[str, Field(max_length=500), AfterValidator(_endpoint_or_none)] = ""
    scopes: Annotated[str, Field(max_length=1000), AfterValidator(_scopes)]
    client_id: ClientId
    client_secret: ClientSecret = SecretStr("")


SignIn = PasswordSignIn | MicrosoftSignIn | GoogleSignIn | OtherSignIn

# Where the mailboxes of a provider are, for who leaves the servers empty.
SERVERS: Final[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
    "microsoft": {
        "imap": {"host": "outlook.office365.com", "port": 993, "tls": "implicit"},
        "smtp": {"host": "smtp.office365.com", "port": 587, "tls": "starttls"},
    },
    "google": {
        "imap": {"host": "imap.gmail.com", "port": 993, "tls": "implicit"},
        "smtp": {"host": "smtp.gmail.com", "port": 465, "tls": "implicit"},
    },
}
_MICROSOFT: Final = "https://login.microsoftonline.com"
_MICROSOFT_SCOPES: Final = (
    "https://outlook.office.com/IMAP.AccessAsUser.All",
    "https://outlook.office.com/SMTP.Send",
    "offline_access",
    "openid",
    "email",
    "profile",
)
_GOOGLE_SCOPES: Final = ("https://mail.google.com/", "openid", "email")


def with_servers(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with the provider's servers where none are named."""
    filled = dict(values)
    chosen = filled.get("sign_in")
    kind = chosen.get("kind") if isinstance(chosen, dict) else getattr(chosen, "kind", None)
    for line, server in SERVERS.get(str(kind), {}).items():
        if not filled.get(f"{line}_host"):
            filled |= {f"{line}_{name}": value for name, value in server.items()}
    if kind not in (None, "password"):  # a password that is not needed is not kept
        filled |= {"imap_password": "", "smtp_password": ""}
    return filled


def provider_of(sign_in: SignIn, *, address: str) -> Provider | None:
    """Where a person signs in; None: a password suffices."""
    match sign_in:
        case PasswordSignIn():
            return None
        case MicrosoftSignIn():
            base = f"{_MICROSOFT}/{sign_in.tenant}/oauth2/v2.0"
            return Provider(
                name="Microsoft 365",
                authorization_url=f"{base}/authorize",
                token_url=f"{base}/token",
                client_id=sign_in.client_id,
                client_secret=sign_in.client_secret.get_secret_value(),
                scopes=_MICROSOFT_SCOPES,
                has_header=False,
                more={"prompt": "select_account", "login_hint": address},
            )
        case GoogleSignIn():
            return Provider(
                name="Google",
                authorization_url="https://accounts.google.com/o/oauth2/v2/auth",
                token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - no password
                revocation_url="https://oauth2.googleapis.com/revoke",
                client_id=sign_in.client_id,
                client_secret=sign_in.client_secret.get_secret_value(),
                scopes=_GOOGLE_SCOPES,
                needs=_GOOGLE_SCOPES[:1],  # its page has a box to tick for each
                has_header=False,
                # Only with both does it give a refresh token to who has been here before.
                more={"access_type": "offline", "prompt": "consent", "login_hint": address},
            )
        case OtherSignIn():
            return Provider(
                name=urlsplit(sign_in.authorization_url).hostname or "",
                authorization_url=sign_in.authorization_url,
                token_url=sign_in.token_url,
                revocation_url=sign_in.revocation_url,
                client_id=sign_in.client_id,
                client_secret=sign_in.client_secret.get_secret_value(),
                scopes=tuple(sign_in.scopes.split()),
                # OpenID Connect Core 1.0, section 11: without it, no lasting access is granted.
                more={"prompt": "consent", "login_hint": address},
            )
