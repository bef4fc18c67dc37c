"""`python -m router COMMAND …`: reads the command line, calls one use case, prints the answer.

Each command lives in a module of its own group, which is imported only when it is asked for: the whole program costs
seconds to import, `--help` and `triage` should not.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True, slots=True)
class Command:
    """One word after `python -m router`."""

    name: str
    module: str  # under router.cli; its function `<name>` fills the parser and sets `run`
    says: str  # one line for the list of commands


COMMANDS = (
    Command("up", "running", "start everything: web, worker, clock and, unless REDIS_URL is set, a Valkey"),
    Command("web", "serving", "serve pages, webhooks and the API"),
    Command("worker", "serving", "read what arrived, send replies: one process for each of three job queues"),
    Command("clock", "serving", "wake what is due, hold the mailboxes, find what was forgotten"),
    Command("migrate", "running", "bring the database to this release's schema"),
    Command("doctor", "running", "say what is wrong with a set-up and how to mend it"),
    Command("users", "people", "the people of the desk: add, list, off, link"),
    Command("tokens", "people", "tokens for the API: create"),
    Command("connections", "equipment", "the addresses customers write to: add, list, test"),
    Command("queues", "equipment", "what tickets wait in: add, list"),
    Command("skills", "equipment", "what agents can do: add, list"),
    Command("triage", "reading", "read JSON lines, write how each message feels and what it wants"),
    Command("ingest", "ingesting", "take files in as if they had been posted"),
    Command("rules", "rulebook", "check, try, back-test, publish and export rules"),
    Command("destinations", "sending", "where rules may send word of tickets: add, list, remove"),
    Command("simulate", "simulating", "live through days of a desk in memory, and measure its policy"),
    Command("sample", "sampling", "fill an empty desk with people, queues, rules and messages"),
    Command("backup", "keeping", "write the whole desk into one file"),
    Command("restore", "keeping", "bring a backup into an empty database"),
    Command("purge", "keeping", "delete what has been kept long enough"),
    Command("export", "keeping", "write all that is held about one person, for them, into a file"),
    Command("reindex", "keeping", "make the search index anew"),
    Command("rekey", "keeping", "seal every stored secret with the first SECRET_KEY"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 it could not be done, 2 asked in the wrong way."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return 0 if arguments else 2
    command = next((c for c in COMMANDS if c.name == arguments[0]), None)
    if command is None:
        print(f"There is no command “{arguments[0]}”.\n\n{overview()}", file=sys.stderr)
        return 2
    module = import_module(f"router.cli.{command.module}")
    parser = argparse.ArgumentParser(
        prog=f"python -m router {command.name}",
        description=command.says[0].upper() + command.says[1:] + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fill: Callable[[argparse.ArgumentParser], None] = getattr(module, command.name)
    fill(parser)
    parsed = parser.parse_args(arguments[1:])
    try:
        return int(parsed.run(parsed))
    except (Exception, KeyboardInterrupt) as error:
        # imported here: it knows every error of the application, and so imports most of it, which not all commands do
        from router.cli.failing import exit_code

        return exit_code(error)


def overview() -> str:
    """Return the list of commands."""
    width = max(len(command.name) for command in COMMANDS)
    lines = [f"  {command.name:<{width}}  {command.says}" for command in COMMANDS]
    return "\n".join(["python -m router COMMAND …", "", *lines, "", "Each command says more with --help."])
