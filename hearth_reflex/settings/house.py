"""Settings of the house itself: where it keeps things, where it listens, what people may do in it."""

import os
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hearth_reflex.errors import SettingsError

PROJECT_DIR = Path(__file__).resolve().parents[2]
SECRET_MIN_CHARS = 32
_KNOWN_SECRETS = ("changeme", "change-me", "secret", "default", "password", "hearth", "example")


def whole_path(path: Path | None) -> Path | None:
    """As it was meant by who wrote it, wherever the process is started later."""
    return None if path is None else Path(os.path.abspath(path.expanduser()))


def any_case(word: object) -> object:
    return word.strip().lower() if isinstance(word, str) else word


def _default_database(data: dict[str, Any]) -> str:
    return f"sqlite:///{data['data_dir'] / 'hearth.db'}"


class HouseSettings(BaseSettings):
    """The part that the others stand on: defaults of theirs lie in its data folder."""

    model_config = SettingsConfigDict(
        env_prefix="HEARTH_",
        env_file=PROJECT_DIR / ".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,  # a refused value may be a password
        validate_default=True,
    )

    # The house
    data_dir: Path = Field(
        default=Path("~/.local/share/hearth"),
        description="One folder for everything that is kept: database, files, keys, the engine's socket.",
    )
    environment: Literal["local", "prod"] = Field(
        default="local", description="`prod` refuses to start with a weak secret key."
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key for signing, 32 characters or more. Empty: made at the first start, kept in the data folder.",
    )
    default_locale: Literal["ko", "en"] = Field(
        default="ko", description="Language of a visitor whose browser asks for neither Korean nor English."
    )

    # Network
    host: str = Field(
        default="0.0.0.0",  # noqa: S104 - phones on the same network are guests of the house
        description="Address to listen on. `127.0.0.1` keeps the house to this machine.",
    )
    port: int = Field(default=3000, ge=1, le=65535, description="The one port for page, API and socket.")
    public_url: str = Field(
        default="",
        description="Address that people type, when a proxy stands before the house, as `https://chat.example.org`.",
    )
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Further origins that may open a socket, separated by commas; the house's own host always may.",
    )

    # Database and Redis
    database_url: str = Field(
        default_factory=_default_database,
        repr=False,
        description="`sqlite:///path` or `postgresql://user:password@host/name`. Empty: SQLite in the data folder.",
    )
    redis_url: str = Field(
        default="",
        repr=False,
        description="`redis://host:6379/0` carries events between several workers. Empty: one worker, no Redis.",
    )

    # People and limits
    session_days: int = Field(
        default=30, ge=1, le=365, description="Days without a visit after which an account is signed out."
    )
    guest_session_days: int = Field(
        default=7, ge=1, le=365, description="The same for a guest, who cannot sign in again."
    )
    message_max_chars: int = Field(default=8000, ge=100, le=16_000, description="Longest message, in characters.")
    rooms_burst: int = Field(
        default=10, ge=1, le=100_000, description="Rooms to make at once, a third of seats and half of invitations."
    )
    frame_limit_bytes: int = Field(
        default=65_536, ge=16_384, le=1_000_000, description="Largest frame a browser may send over the socket."
    )
    messages_per_second: float = Field(default=1.0, gt=0, le=1000, description="Messages of a person, in the long run.")
    messages_burst: int = Field(
        default=10, ge=1, le=10_000, description="Messages in any BURST / PER_SECOND seconds: ten in ten."
    )
    events_per_second: float = Field(
        default=20.0, gt=0, le=1000, description="Events a person may send, in the long run."
    )
    events_burst: int = Field(default=60, ge=1, le=10_000, description="Events a person may send at once after a rest.")

    file_max_mb: int = Field(
        default=50, ge=1, le=10_000, description="Largest picture or file that people may send, in MB."
    )
    files_person_mb: int = Field(
        default=2000, ge=1, le=10_000_000, description="What one person's pictures and files may take together, in MB."
    )
    files_house_mb: int = Field(
        default=20_000, ge=1, le=100_000_000, description="The same for everybody in the house together, in MB."
    )
    files_burst: int = Field(
        default=40, ge=1, le=100_000, description="Files a person may bring at once; then one every three seconds."
    )

    @field_validator("data_dir")
    @classmethod
    def _whole_path(cls, path: Path) -> Path | None:
        return whole_path(path)

    @field_validator("environment", "default_locale", mode="before")
    @classmethod
    def _any_case(cls, word: object) -> object:
        return any_case(word)

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("allowed_origins")
    @classmethod
    def _no_wildcard(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not origin.startswith(("http://", "https://")) or "*" in origin or origin.count("/") != 2:
                raise ValueError(f"{origin!r} is no origin; write scheme and host, as https://chat.example.org")
        return origins

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return url.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        scheme, _, rest = url.partition("://")
        if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
            return f"postgresql+psycopg://{rest}"
        if scheme in ("sqlite", "sqlite+aiosqlite"):
            return f"sqlite://{rest}"
        raise ValueError("it must begin with sqlite:// or postgresql://")

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("it must begin with redis://, rediss:// or unix://")
        return url

    @model_validator(mode="after")
    def _safe_in_prod(self) -> "HouseSettings":
        key = self.secret_key.get_secret_value()
        if self.environment == "prod" and key and _is_weak(key):
            raise ValueError(
                f"HEARTH_SECRET_KEY is too easy to guess for HEARTH_ENVIRONMENT=prod: take {SECRET_MIN_CHARS} random "
                "characters or more, or leave it out and one is made for you"
            )
        return self

    @property
    def sync_database_url(self) -> str:
        return self.database_url

    @property
    def async_database_url(self) -> str:
        return self.database_url.replace("sqlite://", "sqlite+aiosqlite://", 1)

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins that are right whatever the Host of a request says."""
        return tuple(dict.fromkeys((*((self.public_url,) if self.public_url else ()), *self.allowed_origins)))

    def make_data_dir(self) -> Path:
        """The data folder, made for its owner alone if it is not there yet."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"HEARTH_DATA_DIR: {self.data_dir} cannot be made ({error.strerror})") from error
        return self.data_dir

    def signing_key(self) -> str:
        """The secret key: the one that was set, else the house's own, made at the first call and kept."""
        return self.secret_key.get_secret_value() or _kept_secret(self.make_data_dir() / "secret_key")


def _is_weak(key: str) -> bool:
    return len(key) < SECRET_MIN_CHARS or len(set(key)) < 10 or any(word in key.lower() for word in _KNOWN_SECRETS)


def _kept_secret(path: Path) -> str:
    # Written aside and linked into place, so that of two first starts one wins and neither reads half a key.
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
