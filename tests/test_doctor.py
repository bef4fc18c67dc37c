"""The doctor: says what is well, names what is not, and how to mend it."""

import socket
from pathlib import Path

import pytest

from router import config, doctor
from router.doctor import Finding


@pytest.fixture
def environ(tmp_path: Path, port: int, valkey: str) -> dict[str, str]:
    given = {"DATA_DIR": str(tmp_path / "data"), "PORT": str(port), "REDIS_URL": valkey}
    config.prepare(given)
    return given


def about(findings: list[Finding], words: str) -> Finding:
    [found] = [finding for finding in findings if words in finding.what]
    return found


class TestExamine:
    def test_a_good_set_up_is_well_on_both_databases(self, environ: dict[str, str], database_url: str) -> None:
        findings = doctor.examine({**environ, "DATABASE_URL": database_url})
        assert [finding for finding in findings if not finding.ok] == []
        assert about(findings, "takes writes").ok

    def test_a_bad_environment_gives_every_error_with_its_remedy(self, environ: dict[str, str]) -> None:
        findings = doctor.examine({**environ, "PORT": "80a", "LOG_LEVEL": "loud"})
        assert [finding.ok for finding in findings] == [False, False]
        assert findings[0] == Finding(False, 'PORT is "80a"', "Give a whole number, such as 8000.")

    def test_changes_nothing(self, environ: dict[str, str], tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*"))
        doctor.examine(environ)
        assert sorted(tmp_path.rglob("*")) == before


class TestFindings:
    def test_no_database_yet(self, environ: dict[str, str]) -> None:
        found = about(doctor.examine(environ), "no database yet")
        assert not found.ok
        assert "router migrate" in found.remedy

    def test_a_database_that_was_never_migrated(self, environ: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "empty.db").touch()
        found = about(doctor.examine({**environ, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}), "schema")
        assert not found.ok
        assert "router migrate" in found.remedy

    def test_a_database_server_that_is_away(self, environ: dict[str, str], tmp_path: Path) -> None:
        given = {**environ, "DATABASE_URL": f"postgresql://heed:hunter2@/heed?host={tmp_path}"}
        findings = doctor.examine(given)
        assert not about(findings, "Database").ok
        assert "hunter2" not in repr(findings)

    def test_a_broker_that_is_away(self, environ: dict[str, str], tmp_path: Path) -> None:
        found = about(doctor.examine({**environ, "REDIS_URL": f"unix://{tmp_path}/none.sock"}), "Broker")
        assert not found.ok
        assert "messages are accepted, and jobs wait" in found.remedy

    def test_a_secret_key_that_others_can_read(self, environ: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "data" / "secret_key").chmod(0o644)
        found = about(doctor.examine(environ), "secret key")
        assert not found.ok
        assert found.remedy.startswith("chmod 600")

    def test_a_port_that_another_program_has(self, environ: dict[str, str], port: int) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()
            found = about(doctor.examine(environ), "in use by another program")
        assert not found.ok
        assert f"PORT={port + 1}" in found.remedy

    def test_an_address_without_tls_that_others_use(self, environ: dict[str, str]) -> None:
        assert not about(doctor.examine({**environ, "PUBLIC_URL": "http://desk.example.com"}), "PUBLIC_URL").ok
        assert about(doctor.examine({**environ, "PUBLIC_URL": "https://desk.example.com"}), "PUBLIC_URL").ok
