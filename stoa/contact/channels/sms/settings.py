"""What the desk asks for to connect an SMS line."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr
from pydantic.config import JsonDict

from stoa.contact.channels.protocol import ChannelSettings


def _is_url(value: str) -> str:
    HttpUrl(value)
    return value.rstrip("/")


Url = Annotated[str, Field(max_length=200), AfterValidator(_is_url)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=200)]
_FINE: Final[JsonDict] = {"group": "fine_tuning"}


class Price(BaseModel):
    """What one part costs to numbers that begin with `prefix` ("+48"; "+": everywhere else)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prefix: str = Field(pattern=r"^\+\d{0,8}$")
    micros: int = Field(
        ge=0,
        le=100_000_000,
        description="Millionths of the currency's unit",
        json_schema_extra={"format": "micros"},
    )


class SmppSettings(BaseModel):
    """A short message centre that speaks SMPP 3.4."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Literal["smpp"] = "smpp"
    host: str = Field(min_length=1, max_length=200)
    port: int = Field(default=2775, ge=1, le=65_535)
    # The specification says at most 15 and 8 (5.2.1, 5.2.2); many centres give longer ones.
    system_id: str = Field(min_length=1, max_length=64)
    password: SecretStr = Field(min_length=1, max_length=64)
    tls: bool = False
    ca: str = Field(
        default="",
        max_length=20_000,
        description="The centre's own certificate authority (PEM), if it has one",
        json_schema_extra=_FINE,
    )
    system_type: str = Field(default="", max_length=12, json_schema_extra=_FINE)
    address_range: str = Field(default="", max_length=40, json_schema_extra=_FINE)
    window: int = Field(
        default=10, ge=1, le=500, description="Messages in flight", json_schema_extra=_FINE
    )
    per_second: float = Field(
        default=20, gt=0, le=5_000, description="Messages a second", json_schema_extra=_FINE
    )
    enquire_seconds: float = Field(
        default=30, gt=0, le=600, description="Between keep-alives", json_schema_extra=_FINE
    )
    answer_seconds: float = Field(
        default=15, gt=0, le=120, description="Until no answer is none", json_schema_extra=_FINE
    )
    patience_seconds: float = Field(
        default=20,
        ge=0,
        le=120,
        description="How long a message waits here while the centre is throttling",
        json_schema_extra=_FINE,
    )
    parts_seconds: float = Field(
        default=300,
        gt=0,
        le=86_400,
        description="After so long, a long message is taken without the parts that did not come",
        json_schema_extra=_FINE,
    )
    alphabet: Literal["gsm", "latin1"] = Field(
        default="gsm",
        description="The centre's own (data_coding 0)",
        json_schema_extra=_FINE,
    )
    has_decimal_receipts: bool = Field(
        default=False,
        description="Answers name a message in hexadecimal, receipts in decimal",
        json_schema_extra=_FINE,
    )


class TwilioSettings(BaseModel):
    """Programmable Messaging of Twilio."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Literal["twilio"]
    account_sid: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9]+$")
    auth_token: Secret
    url: Url = Field(default="https://api.twilio.com", json_schema_extra=_FINE)


class VonageSettings(BaseModel):
    """The Messages API of Vonage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Literal["vonage"]
    api_key: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9]+$")
    api_secret: Secret
    signature_secret: Secret
    url: Url = Field(default="https://api.nexmo.com", json_schema_extra=_FINE)


class SmsApiSettings(BaseModel):
    """SMSAPI (Poland, and other countries under other addresses)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Literal["smsapi"]
    token: Secret
    # Its calls are not signed: whoever knows the address may call it, so the address is secret.
    callback_secret: SecretStr = Field(min_length=16, max_length=200)
    url: Url = Field(default="https://api.smsapi.com", json_schema_extra=_FINE)


Carrier = Annotated[
    SmppSettings | TwilioSettings | VonageSettings | SmsApiSettings,
    Field(discriminator="provider"),
]


class SmsSettings(ChannelSettings):
    """An SMS line: a number or a name, and whoever carries its messages."""

    sender: str = Field(
        min_length=2,
        max_length=20,
        pattern=r"^(\+?\d{3,15}|[A-Za-z0-9 ._&-]{2,11})$",
        description="A number one can answer, or a name of at most 11 letters",
    )
    country: str = Field(
        default="PL", pattern=r"^[A-Z]{2}$", description="Numbers without a prefix are read so"
    )
    carrier: Carrier
    simplify: bool = Field(
        default=False, description="Accents are left out where a text then costs fewer messages"
    )
    most_segments: int = Field(default=6, ge=1, le=20)
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$", json_schema_extra={"group": "cost"})
    prices: tuple[Price, ...] = Field(
        default=(), max_length=300, json_schema_extra={"group": "cost"}
    )
