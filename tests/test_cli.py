"""The command line: exact outputs that programs read, sentences for people, exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from router.cli import COMMANDS, main
from tests.a_desk import KEYS, NO_BROKER
from tests.builders import Desk


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with no desk in it, which commands run against."""
    for name in ("DATABASE_URL", "PUBLIC_URL", "PORT", "TRUSTED_PROXIES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SECRET_KEY", KEYS)
    monkeypatch.setenv("REDIS_URL", NO_BROKER)
    return tmp_path


class TestHelp:
    def test_lists_every_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--help"]) == 0
        said = capsys.readouterr().out
        assert all(f"  {command.name} " in said for command in COMMANDS)

    def test_without_a_command_says_how(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([]) == 2
        assert main(["nope"]) == 2
        assert "nope" in capsys.readouterr().err

    @pytest.mark.parametrize("command", [command.name for command in COMMANDS])
    def test_of_each_command_shows_an_example(self, command: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as left:
            main([command, "--help"])
        assert left.value.code == 0
        assert "Example: " in capsys.readouterr().out

    def test_comes_quickly(self) -> None:
        """Without what most commands do not need: asking for help must not import the application."""
        program = "import sys, router.cli; router.cli.main(['--help']); print(*sorted(sys.modules), file=sys.stderr)"
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=dict(os.environ)
        )
        loaded = set(done.stderr.split())
        assert not loaded & {"flask", "rq", "alembic", "router.triage", "router.app"}


class TestPeople:
    def test_are_added_to_a_desk_that_was_never_made(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        arguments = ["users", "add", "Ana@example.com", "--name", "Ana", "--role", "ops", "--skill", "billing=4"]
        assert main([*arguments, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["link"].startswith("http://127.0.0.1:8000/login/link/")
        assert main(["users", "list", "--json"]) == 0
        person = json.loads(capsys.readouterr().out)[0]
        assert (person["email"], person["role"], person["skills"]) == (
            "ana@example.com",
            "ops",
            {"billing": 4, "en": 3},
        )

    def test_twice_is_refused_in_one_sentence(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["users", "add", "ana@example.com"]) == 0
        assert main(["users", "add", "ANA@example.com"]) == 1
        said = capsys.readouterr().err
        assert "on the desk already" in said and "Traceback" not in said

    @pytest.mark.parametrize("skill", ["billing", "billing=", "=4", "billing=6", "billing=x"])
    def test_with_a_skill_that_cannot_be_is_refused(
        self, here: Path, skill: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["users", "add", "ana@example.com", "--skill", skill]) == 1
        assert main(["users", "list", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == []

    def test_get_tokens_no_better_than_they_are(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["users", "add", "ana@example.com"])
        capsys.readouterr()
        assert main(["tokens", "create", "ana@example.com", "--scope", "tickets:read", "--days", "9", "--json"]) == 0
        assert list(json.loads(capsys.readouterr().out)) == ["token"]
        assert main(["tokens", "create", "ana@example.com", "--scope", "rules:write"]) == 1
        assert "needs the role ops" in capsys.readouterr().err
        assert main(["tokens", "create", "bo@example.com"]) == 1

    def test_are_switched_off_and_linked_anew(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["users", "add", "ana@example.com"])
        assert main(["users", "link", "ana@example.com"]) == 0
        assert main(["users", "off", "ana@example.com"]) == 0
        assert main(["users", "link", "ana@example.com"]) == 1
        assert "switched off" in capsys.readouterr().err


class TestConnections:
    def test_print_key_url_and_secret(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["connections", "add", "api", "--name", "Shop", "--json"]) == 0
        made = json.loads(capsys.readouterr().out)
        assert {"key", "url", "secret"} <= set(made)
        assert made["url"] == f"http://127.0.0.1:8000/hooks/{made['key']}"
        assert main(["connections", "list", "--json"]) == 0
        listed = capsys.readouterr().out
        assert json.loads(listed)[0]["key"] == made["key"]
        assert made["secret"] not in listed

    def test_say_everything_that_is_wrong_with_their_settings(
        self, here: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["connections", "add", "telegram", "--name", "T", "--set", "tokn=1"]) == 1
        said = capsys.readouterr().err
        assert "tokn" in said and "bot_token" in said

    def test_take_files_in_as_if_they_had_been_posted(self, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["connections", "add", "api", "--name", "Shop", "--json"])
        key = json.loads(capsys.readouterr().out)["key"]
        path = here / "messages.json"
        path.write_text(json.dumps([{"id": str(n), "from": {"id": "c"}, "text": "hi"} for n in range(3)]))
        empty = here / "empty.json"
        empty.write_text("")
        assert main(["ingest", "--connection", key, str(path)]) == 0
        assert "3 taken in" in capsys.readouterr().out
        assert main(["ingest", "--connection", key, str(empty)]) == 1
        assert main(["ingest", "--connection", key, str(here / "none.json")]) == 1
        assert "none.json" in capsys.readouterr().err


class TestRules:
    def test_check_says_by_its_exit_code_whether_they_hold(
        self, here: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        good, bad = here / "good.yaml", here / "bad.yaml"
        good.write_text("rules:\n  - name: All\n    when: always\n    then: [{queue: General}]\n")
        bad.write_text("rules:\n  - name: All\n    when: always\n    then: [{queue: Nowhere}]\n")
        assert main(["rules", "check", str(good)]) == 0
        assert main(["rules", "check", str(bad)]) == 1
        assert "Nowhere" in capsys.readouterr().out
        assert main(["rules", "publish", str(bad)]) == 1
        assert main(["rules", "publish", str(good), "--comment", "first"]) == 0
        capsys.readouterr()
        assert main(["rules", "export"]) == 0
        assert "General" in capsys.readouterr().out


class TestConfiguration:
    def test_every_error_is_said_at_once(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "router", "users", "list"],
            env={**os.environ, "PORT": "80a", "PUBLIC_URL": "nonsense"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "PORT" in done.stderr and "PUBLIC_URL" in done.stderr and "Traceback" not in done.stderr

    @pytest.mark.postgres
    def test_a_shared_database_is_migrated_by_migrate_alone(
        self, here: Path, postgres_server: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", postgres_server.url("postgres"))  # type: ignore[attr-defined]
        assert main(["users", "list"]) == 1
        assert "migrate" in capsys.readouterr().err


class TestRekey:
    def test_lets_the_old_key_go(
        self, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(["connections", "add", "api", "--name", "Shop"])
        new = "n" * 40
        monkeypatch.setenv("SECRET_KEY", new)
        assert main(["connections", "list"]) == 1
        assert "SECRET_KEY" in capsys.readouterr().err
        monkeypatch.setenv("SECRET_KEY", f"{new},{KEYS}")
        assert main(["rekey"]) == 0
        monkeypatch.setenv("SECRET_KEY", new)
        assert main(["connections", "list"]) == 0


class TestForgetting:
    def test_erases_a_person_who_asks_and_says_when_there_is_none(
        self, here: Path, sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        found = sqlite_desk.says("Forget me, please.")
        monkeypatch.setenv("DATABASE_URL", sqlite_desk.heed.config.database_url)
        assert main(["purge", "--contact", "nobody"]) == 1
        assert "There is no contact nobody" in capsys.readouterr().err
        assert main(["purge", "--contact", found.contact_id or ""]) == 0
        assert sqlite_desk.tickets == []
        assert sqlite_desk.rows("SELECT count(*) FROM contact") == [(0,)]
