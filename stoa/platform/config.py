"""Settings: the environment (`STOA_...`) over an optional `stoa.toml` in the data folder."""

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


def default_data_dir() -> Path:
    return Path(os.environ.get("STOA_DATA_DIR", "data")).absolute()


class Settings(BaseSettings):
    """Everything an installation can be told. Times in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="STOA_", extra="ignore", frozen=True)

    data_dir: Path = Field(default_factory=default_data_dir)
    database_url: str | None = None
    database_pool_size: int = Field(default=10, ge=2, le=200)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str | None = None
    trusted_proxies: str = "127.0.0.1"
    log_format: Literal["console", "json"] = "console"
    metrics_token: str | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    mail_transport: Literal["console", "file"] = "file"
    demo: bool = True
    attachment_max_bytes: int = 20 * 1024 * 1024
    picture_max_bytes: int = 20 * 1024 * 1024
    picture_timeout_seconds: float = 20.0
    picture_private_addresses: bool = False  # fetch pictures from this machine and its network
    upload_max_bytes: int = 512 * 1024 * 1024
    event_retention_days: int = Field(default=30, ge=1)
    job_history_days: int = Field(default=14, ge=1)
    socket_queue_bytes: int = 256 * 1024
    socket_commands_per_second: float = 50.0
    bus: Literal["local", "postgres"] = "local"
    shutdown_grace_seconds: float = 10.0

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, default_data_dir() / "stoa.toml")
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
