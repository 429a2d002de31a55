"""Settings: the environment (`STOA_...`) over an optional `stoa.toml` in the data folder."""

import difflib
import os
import secrets
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AnyUrl,
    Field,
    IPvAnyAddress,
    UrlConstraints,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from stoa.platform.relay.addresses import parse_addresses

PREFIX = "STOA_"
_FILE = "stoa.toml"


class UnknownSetting(ValueError):
    """The settings file is no TOML, or names a setting there is not; the text says which."""


def default_data_dir() -> Path:
    return Path(os.environ.get(f"{PREFIX}DATA_DIR", "data")).absolute()


def _is_range_of_ports(value: str) -> str:
    first, _, last = value.partition("-")
    if value != "0" and not (
        first.isdecimal()
        and (last or first).isdecimal()
        and 1 <= int(first) <= int(last or first) <= 65_535
    ):
        raise ValueError("it looks like 40000-40999, between 1 and 65535, or is 0")
    return value


class Settings(BaseSettings):
    """Everything an installation can be told. Times in seconds, sizes in bytes.

    `docs/reference/settings.md` is made of this, so the texts are for whoever runs Stoa.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    data_dir: Path = Field(default_factory=default_data_dir)
    """Where everything lives that is not in a database of your own: files, the key that signs
    links, the embedded database. Only as an environment variable; `data` where Stoa is started."""
    database_url: str | None = None
    """A PostgreSQL of your own, 15 or newer: `postgresql://user:password@host/name`. Without it
    Stoa runs one itself in the data folder."""
    database_pool_size: int = Field(default=10, ge=2, le=200)
    """How many connections a process may hold for pages, messages and imports; jobs have four
    more of their own."""
    host: str = "127.0.0.1"
    """The address to listen on; `0.0.0.0` for every network of this machine."""
    port: int = Field(default=8000, ge=0, le=65535)
    """The port to listen on; 0 takes any. When it is not set, the first free one from 8000 on."""
    public_url: str | None = None
    """How people reach this installation, such as `https://shop.example.org`. Links in mails and
    pages begin with it, and with `https` cookies are sent over encrypted lines only."""
    trusted_proxies: str = "127.0.0.1"
    """Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses or networks, with
    commas between them."""
    log_format: Literal["console", "json"] = "console"
    """`json` for machines that collect logs, one object per line."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important log lines to write."""
    metrics_token: str | None = None
    """Who sends it as `Authorization: Bearer ...` may read `/metrics`. Without it, only programs
    on this machine may."""
    mail_transport: Literal["console", "file"] = "file"
    """Where the mail of a shop without a mailbox goes: into files below `mail` in the data folder,
    or printed to the terminal."""
    mail_reception: (
        Annotated[AnyUrl, UrlConstraints(allowed_schemes=["smtp", "lmtp"], host_required=True)]
        | None
    ) = None
    """Where mail is taken in that a provider forwards to inboxes of this installation:
    `smtp://0.0.0.0:25` when the world delivers to it, `lmtp://127.0.0.1:2424` when a mail server of
    your own does."""
    mail_reception_certificate: Path | None = None
    """A file with the certificate of `mail_reception` and its key, both in PEM form; with it,
    encryption is offered."""
    demo: bool = True
    """Whether an empty installation gets the demo shop."""
    demo_pictures: bool = True
    """Whether the demo shop's pictures are drawn when it is made, and rendered in every size: some
    minutes of one core, beside everything else. Without them their places stay empty."""
    attachment_max_bytes: int = Field(default=20 * 1024 * 1024, ge=1024)
    """The largest file that may be sent in a conversation."""
    picture_max_bytes: int = Field(default=20 * 1024 * 1024, ge=1024)
    """The largest product picture that is uploaded or fetched."""
    picture_timeout_seconds: float = Field(default=20.0, gt=0)
    """How long an import waits for one picture."""
    picture_private_addresses: bool = False
    """Whether imports may fetch pictures from this machine and its own network."""
    webhook_timeout_seconds: float = Field(default=15.0, gt=0, le=60)
    """How long a program that is told what happens here (a webhook) may take to answer."""
    webhook_private_addresses: bool = False
    """Whether webhooks may lead to this machine and its own network, and go without `https`."""
    upload_max_bytes: int = Field(default=512 * 1024 * 1024, ge=1024)
    """The largest catalogue file that is taken at the desk; `stoa import` knows no limit."""
    event_retention_days: int = Field(default=30, ge=1)
    """How long the log of events is kept for clients that come back. Whoever was away for longer
    loads the page anew; no message is lost by it."""
    job_history_days: int = Field(default=14, ge=1)
    """How long is remembered what became of jobs. Those that failed for good are kept."""
    socket_queue_bytes: int = Field(default=256 * 1024, ge=16 * 1024)
    """How much may wait for one slow reader before it is told to resume later."""
    socket_commands_per_second: float = Field(default=50.0, gt=0)
    """How fast one client may send before it is told to slow down."""
    bus: Literal["local", "postgres"] = "local"
    """`postgres` when several processes serve one database, so that they hear of one another."""
    turn_urls: str = ""
    """Relays for video, screens and blocked networks, with commas between them:
    `turn:relay.example.org:3478?transport=udp,turns:relay.example.org:5349?transport=tcp`."""
    turn_secret: str | None = None
    """The relays' `static-auth-secret`; credentials that run out are made with it."""
    turn_ttl_seconds: int = Field(default=600, ge=60, le=24 * 3600)
    """How long such a credential begins new lines through a relay. Lines that are up go on."""
    media_address: IPvAnyAddress | None = None
    """The one address of this machine that calls go through. Without it, every address is offered
    to browsers, and `127.0.0.1` on a machine without a network."""
    media_public_address: IPvAnyAddress | None = None
    """The address that browsers are told instead of this machine's own, when a router passes
    `media_ports` on to it."""
    media_ports: Annotated[str, AfterValidator(_is_range_of_ports)] = "40000-40999"
    """The UDP ports for calls: one for each media process, and one for each phone's leg. `0` takes
    any that are free."""
    media_workers: int | None = Field(default=None, ge=1, le=256)
    """How many processes may carry the sound of calls; without it, as many as the machine has
    processors. One starts with Stoa, the others when there are calls for them."""
    shutdown_grace_seconds: float = Field(default=10.0, ge=0)
    """How long requests, sockets and jobs under way may take to end when Stoa is stopped."""

    @field_validator("turn_urls")
    @classmethod
    def _are_relays(cls, value: str) -> str:
        parse_addresses(value)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, default_data_dir() / _FILE)
        return init_settings, env_settings, file

    @cached_property
    def base_url(self) -> str:
        """The address people reach this installation under, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @cached_property
    def secret_key(self) -> bytes:
        """The key that signs links; made once and kept in the data folder, outside the database."""
        path = self.data_dir / "secret.key"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(secrets.token_bytes(32))
        except FileExistsError:
            pass
        return path.read_bytes()


def check_file(folder: Path) -> None:
    """The settings file of this data folder, if there is one, names settings only.

    Raises:
        UnknownSetting: it does not.
    """
    path = folder / _FILE
    try:
        names = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnknownSetting(f"{path} cannot be read: {error}") from error
    for name in names:
        if name == "data_dir":
            raise UnknownSetting(f"{path} lies in the data folder, so it cannot say where that is.")
        if name not in Settings.model_fields:
            raise UnknownSetting(f"{path}: there is no setting {name}.{_meant(name)}")


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """What is wrong with each variable that looks like a setting and is none."""
    return [
        f"{name} is set, and nothing reads it.{_meant(name)}"
        for name in sorted(environment)
        if name.startswith(PREFIX)
        and name.removeprefix(PREFIX).lower() not in Settings.model_fields
        and not name.startswith(f"{PREFIX}TEST_")
    ]


def _meant(name: str) -> str:
    plain = name.removeprefix(PREFIX).lower()
    close = difflib.get_close_matches(plain, Settings.model_fields, n=1)
    if not close:
        return ""
    return f" Is {close[0] if plain == name else PREFIX + close[0].upper()} meant?"
