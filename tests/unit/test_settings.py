"""Settings: what is read from where, what is refused and in which words, and the key that is made once."""

import stat
from pathlib import Path

import pytest

from hearth_reflex.errors import SettingsError
from hearth_reflex.settings import Settings, environment_names, load_settings

GOOD_KEY = "kV3-9dQzL0wXy7BtN2mPfRgHs5uJcE8a"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for names in environment_names().values():
        for name in names:
            monkeypatch.delenv(name, raising=False)


def load(**given: object) -> Settings:
    return load_settings(_env_file=None, **given)


def test_the_defaults_are_usable() -> None:
    settings = load()
    assert settings.port == 3000
    assert settings.data_dir == Path.home() / ".local/share/hearth"
    assert settings.sync_database_url == f"sqlite:///{settings.data_dir}/hearth.db"
    assert settings.async_database_url == f"sqlite+aiosqlite:///{settings.data_dir}/hearth.db"


def test_the_database_follows_the_data_folder(tmp_path: Path) -> None:
    assert load(data_dir=tmp_path).sync_database_url == f"sqlite:///{tmp_path}/hearth.db"


def test_the_environment_is_read_and_arguments_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTH_PORT", "4000")
    assert load().port == 4000
    assert load(port=5000).port == 5000


def test_an_env_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("HEARTH_PORT=4000\nHEARTH_LOG_LEVEL=DEBUG\n")
    assert load_settings(_env_file=file).port == 4000
    assert load_settings(_env_file=file).log_level == "debug"
    monkeypatch.setenv("HEARTH_PORT", "4001")
    assert load_settings(_env_file=file).port == 4001


@pytest.mark.parametrize(
    ("name", "value", "field", "meant"),
    [
        ("CPU_THREADS", "3", "n_threads", 3),
        ("HEARTH_N_THREADS", "2", "n_threads", 2),
        ("SKIP_MODEL_LOADING", "true", "skip_model_loading", True),
        ("HEARTH_SKIP_MODEL_LOADING", "1", "skip_model_loading", True),
        ("HEARTH_ALLOWED_ORIGINS", "https://a.example, http://b.example:81/", "allowed_origins", None),
        ("HEARTH_MODEL_PATH", "", "model_path", None),
    ],
)
def test_names_that_are_read(monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, meant: object) -> None:
    monkeypatch.setenv(name, value)
    if field == "allowed_origins":
        meant = ("https://a.example", "http://b.example:81")
    assert getattr(load(), field) == meant


def test_redis_url_without_our_prefix_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:6379/0")
    assert load().redis_url == ""


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_goes_through_psycopg(scheme: str) -> None:
    settings = load(database_url=f"{scheme}://u:p%40@127.0.0.1/h")
    assert settings.sync_database_url == settings.async_database_url == "postgresql+psycopg://u:p%40@127.0.0.1/h"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("port", 0, "HEARTH_PORT: "),
        ("database_url", "mysql://u@h/d", "HEARTH_DATABASE_URL: it must begin with sqlite:// or postgresql://"),
        ("redis_url", "localhost:6379", "HEARTH_REDIS_URL: it must begin with redis://"),
        ("public_url", "chat.example.org", "HEARTH_PUBLIC_URL: it must begin with http"),
        ("allowed_origins", "*", "HEARTH_ALLOWED_ORIGINS: '*' is no origin"),
        ("allowed_origins", "https://*.example.org", "HEARTH_ALLOWED_ORIGINS: "),
        ("allowed_origins", "https://a.example/path", "HEARTH_ALLOWED_ORIGINS: "),
        ("n_threads", -1, "HEARTH_N_THREADS: "),
        ("default_locale", "fr", "HEARTH_DEFAULT_LOCALE: "),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(field: str, value: object, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**{field: value})
    assert caught.value.reason.startswith(words)
    assert "\n" not in caught.value.reason


def test_a_refused_address_does_not_show_its_password() -> None:
    with pytest.raises(SettingsError) as caught:
        load(database_url="mysql://u:hunter2@h/d")
    assert "hunter2" not in str(caught.value)


def test_what_is_printed_holds_no_secrets() -> None:
    shown = repr(load(secret_key=GOOD_KEY, database_url="postgresql://u:hunter2@h/d", redis_url="redis://:hunter2@h/0"))
    assert GOOD_KEY not in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("key", ["changeme", "secret", GOOD_KEY[:-1], "a" * 64, "changeme" * 8])
def test_production_refuses_a_weak_key(key: str) -> None:
    with pytest.raises(SettingsError, match="HEARTH_SECRET_KEY is too easy to guess"):
        load(environment="prod", secret_key=key)
    assert load(environment="local", secret_key=key).signing_key() == key


def test_production_takes_a_strong_key_or_none() -> None:
    assert load(environment="prod", secret_key=GOOD_KEY).signing_key() == GOOD_KEY
    assert load(environment="prod").environment == "prod"


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path / "house")
    key = settings.signing_key()
    assert len(key) >= 64
    assert settings.signing_key() == load(data_dir=tmp_path / "house").signing_key() == key
    assert stat.S_IMODE((tmp_path / "house" / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "house").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "house").iterdir()] == ["secret_key"]


def test_two_houses_have_two_keys(tmp_path: Path) -> None:
    assert load(data_dir=tmp_path / "a").signing_key() != load(data_dir=tmp_path / "b").signing_key()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="HEARTH_DATA_DIR"):
        load(data_dir=tmp_path / "file" / "house").make_data_dir()


def test_right_origins_are_the_public_address_and_the_listed_ones() -> None:
    settings = load(
        public_url="https://chat.example.org/", allowed_origins="https://b.example,https://chat.example.org"
    )
    assert settings.origins == ("https://chat.example.org", "https://b.example")
