"""The environment: what is read, what is refused, and what is said about it."""

import stat
from ipaddress import ip_network
from pathlib import Path

import pytest

from router import config
from router.config import ConfigErrors

KEY = "k" * 48


def environ(folder: Path, **more: str) -> dict[str, str]:
    return {"DATA_DIR": str(folder), "SECRET_KEY": KEY, **more}


def errors_of(given: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        config.load(given)
    return caught.value.errors


class TestDefaults:
    def test_a_desk_that_is_told_nothing_runs_on_this_host_alone(self, tmp_path: Path) -> None:
        found = config.load(environ(tmp_path))
        assert found.database_url == f"sqlite:///{tmp_path}/heed.db"
        assert (found.host, found.port, found.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
        assert found.embeds_redis
        assert found.trusted_proxies == ()
        assert not found.uses_tls

    def test_the_address_follows_the_port(self, tmp_path: Path) -> None:
        assert config.load(environ(tmp_path, PORT="8123")).public_url == "http://127.0.0.1:8123"

    def test_threads_suffice_for_every_stream_and_some_requests(self, tmp_path: Path) -> None:
        found = config.load(environ(tmp_path))
        assert found.max_streams == 500
        assert found.web_threads == 532

    def test_an_empty_variable_is_an_unset_one(self, tmp_path: Path) -> None:
        assert config.load(environ(tmp_path, PORT="", DATABASE_URL="", REDIS_URL="")).embeds_redis


class TestGiven:
    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_every_way_to_write_postgresql_is_understood(self, tmp_path: Path, scheme: str) -> None:
        found = config.load(environ(tmp_path, DATABASE_URL=f"{scheme}://heed:pw@db.example/heed"))
        assert found.database_url == "postgresql+psycopg://heed:pw@db.example/heed"
        assert not found.uses_sqlite

    def test_a_given_broker_is_used_and_none_is_started(self, tmp_path: Path) -> None:
        found = config.load(environ(tmp_path, REDIS_URL="redis://broker:6379/2"))
        assert found.redis_url == "redis://broker:6379/2"
        assert not found.embeds_redis

    def test_several_keys_are_read_in_order(self, tmp_path: Path) -> None:
        assert config.load(environ(tmp_path, SECRET_KEY=f"{'a' * 32}, {'b' * 32}")).secret_keys == ("a" * 32, "b" * 32)

    def test_proxies_are_addresses_and_networks(self, tmp_path: Path) -> None:
        found = config.load(environ(tmp_path, TRUSTED_PROXIES="10.0.0.0/8, ::1"))
        assert found.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1/128"))

    def test_a_public_address_loses_its_last_slash(self, tmp_path: Path) -> None:
        found = config.load(environ(tmp_path, PUBLIC_URL="https://desk.example.com/"))
        assert found.public_url == "https://desk.example.com"
        assert found.uses_tls


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("PORT", "80a", 'PORT is "80a": give a whole number, such as 8000.'),
            ("PORT", "70000", 'PORT is "70000": give a number from 1 to 65535, such as 8000.'),
            ("PORT", "٨٠", 'PORT is "٨٠": give a whole number, such as 8000.'),
            ("TRUSTED_PROXIES", "10.0.0.1/8", 'TRUSTED_PROXIES is "10.0.0.1/8": give addresses or networks'),
            ("PUBLIC_URL", "desk.example.com", 'PUBLIC_URL is "desk.example.com": give the address people type'),
            ("PUBLIC_URL", "https://desk.example.com:80a", "PUBLIC_URL is"),
            ("LOG_LEVEL", "loud", 'LOG_LEVEL is "loud": give one of debug, info, warning, error.'),
            ("DATABASE_URL", "mysql://u:hidden@h/x", 'DATABASE_URL is "mysql": give postgresql://'),
            ("DATABASE_URL", "sqlite://", "DATABASE_URL"),
            ("DATABASE_URL", "sqlite:///:memory:", "DATABASE_URL names no file"),
            ("REDIS_URL", "broker:6379", "REDIS_URL is not in a form Heed knows: give redis://HOST:6379/0"),
            ("SECRET_KEY", "short", "SECRET_KEY holds a key shorter than 32 characters"),
            ("SECRET_KEY", KEY + ",short", "SECRET_KEY holds a key shorter than 32 characters"),
        ],
    )
    def test_each_says_what_was_found_and_what_to_give(self, tmp_path: Path, name: str, value: str, says: str) -> None:
        assert errors_of(environ(tmp_path, **{name: value}))[0].startswith(says)

    def test_all_errors_come_at_once(self, tmp_path: Path) -> None:
        assert len(errors_of(environ(tmp_path, PORT="x", PUBLIC_URL="y", LOG_LEVEL="z"))) == 3

    @pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY"])
    def test_no_error_repeats_a_password(self, tmp_path: Path, name: str) -> None:
        assert "hunter2" not in "".join(errors_of(environ(tmp_path, **{name: "odd://u:hunter2@h"})))


class TestSecretKey:
    def test_a_process_that_finds_none_refuses_to_start(self, tmp_path: Path) -> None:
        [error] = errors_of({"DATA_DIR": str(tmp_path)})
        assert "SECRET_KEY is not set" in error
        assert "router migrate" in error

    def test_one_is_made_once_for_this_user_alone(self, tmp_path: Path) -> None:
        given = {"DATA_DIR": str(tmp_path / "new" / "data")}
        config.prepare(given)
        first = config.load(given).secret_keys
        config.prepare(given)
        assert config.load(given).secret_keys == first
        assert stat.S_IMODE((tmp_path / "new" / "data" / "secret_key").stat().st_mode) == 0o600
        assert [path.name for path in (tmp_path / "new" / "data").iterdir()] == ["secret_key"]

    def test_none_is_made_beside_a_given_one(self, tmp_path: Path) -> None:
        config.prepare(environ(tmp_path))
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(ConfigErrors, match=r"DATA_DIR is .*Give a folder"):
            config.prepare({"DATA_DIR": str(tmp_path / "file" / "data")})
