"""Everything that differs between installations, read once from the environment (prefix `NEST_`)."""

import functools
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote, urlsplit

from pydantic import AliasChoices, BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class PlatformApp(BaseModel):
    """Our registration at one network: `NEST_PLATFORMS__FACEBOOK__CLIENT_ID` and so on.

    `base_url` replaces the network's public hosts, for a proxy or a test installation.
    """

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    base_url: str | None = None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="NEST_", env_nested_delimiter="__", env_parse_none_str="none", extra="ignore"
    )

    # Where everything of this installation lives: database, lake, media, reports, logs, secrets.
    home: Path = ROOT / ".nest"
    # libpq URL of an external PostgreSQL 15 or newer; without it the embedded one is started.
    database_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "NEST_DATABASE_URL")
    )
    # A directory with initdb and postgres to use instead of the packaged binaries.
    pg_bin: Path | None = None

    # Ports on loopback.
    postgres_port: int = 54329
    api_port: int = 8700
    dashboard_port: int = 8701
    dagster_port: int = 8702
    sandbox_port: int = 8710

    # The https address where networks reach the API from outside; without one they cannot tell us anything.
    public_url: str | None = None

    # Where media are kept instead of under `home`, such as s3://bucket/folder, with nothing else in it; credentials
    # and endpoint as the store's own tools read them (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT).
    media_url: str | None = None
    # What the media of one workspace may take, bytes.
    media_quota: int = 20_000_000_000

    # Base64, 32 bytes each. `./nest up` makes them once and keeps them under `home`.
    vault_key: SecretStr = SecretStr("")
    jwt_secret: SecretStr = SecretStr("")
    # How long a sign-in lasts, minutes.
    jwt_minutes: int = 720

    platforms: dict[str, PlatformApp] = {}
    # What reading one account may cost in a month at a network that bills in US dollars; none for no limit.
    monthly_usd_per_account: Decimal | None = Decimal(20)
    # Replaces PayPal's public host, for a test installation.
    paypal_base_url: str | None = None
    # host:port pairs in private address space that user-given URLs may reach, comma-separated.
    outbound_allow: str = ""

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    def webhook_url(self, platform: str, client_id: str | None = None) -> str | None:
        """Where a network calls us, `client_id` naming an app that is not the installation's; None without an address.

        An app of its own has an address of its own, since some networks do not say which app they ask about.
        """
        if self.public_url is None:
            return None
        return "/".join((self.public_url, "webhooks", platform, *((quote(client_id, safe=""),) if client_id else ())))

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    @property
    def media(self) -> Path:
        return self.home / "media"

    @property
    def reports(self) -> Path:
        return self.home / "reports"

    @property
    def dictionary(self) -> Path:
        """What every mart and column means, as one page."""
        return self.home / "docs" / "warehouse.html"

    @field_validator("public_url")
    @classmethod
    def _reachable(cls, given: str | None) -> str | None:
        """Without the slash at its end. Plain http is for this machine only: networks call nothing else."""
        if not given:
            return None
        parts = urlsplit(given)
        at_home = parts.hostname in ("localhost", "127.0.0.1")
        if not parts.hostname or parts.scheme not in (("http", "https") if at_home else ("https",)):
            raise ValueError("NEST_PUBLIC_URL is an address that starts with https://")
        return given.rstrip("/")

    def platform(self, name: str) -> PlatformApp:
        """The registration at a network; an empty one where none is configured."""
        return self.platforms.get(name, PlatformApp())


@functools.cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
