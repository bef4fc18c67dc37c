"""`connections`, `queues` and `skills`: what the desk works with."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from channels import CHANNELS
from router import connecting, equipping, replaying
from router.accounts import COMMAND
from router.app import Heed
from router.cli.opening import now, opened, tell
from router.connecting import ConnectionRow
from router.mistakes import Mistake
from router.model import SYSTEM


def connections(parser: ArgumentParser) -> None:
    """Add, list, test, pause, resume, give a new secret."""
    example = "Example: python -m router connections add telegram --name Shop --set bot_token=123:ABC --json"
    parser.epilog = example
    acts = parser.add_subparsers(required=True, metavar="add|list|test|replay|pause|resume|secret")
    add = acts.add_parser("add", help="add an address and print its webhook and secret, this once", epilog=example)
    add.add_argument("channel", choices=CHANNELS)
    add.add_argument("--name", required=True, help="as people of the desk see it")
    add.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="again for each setting")
    add.add_argument("--brand", metavar="KEY")
    add.add_argument("--queue", metavar="NAME", help="where tickets go unless a rule says otherwise")
    add.add_argument("--json", action="store_true")
    add.set_defaults(run=_add_connection)
    every = acts.add_parser("list", help="show them all", epilog="Example: python -m router connections list --json")
    every.add_argument("--json", action="store_true")
    every.set_defaults(run=_list_connections)
    test = acts.add_parser("test", help="ask the platform", epilog="Example: python -m router connections test KEY")
    test.add_argument("key", metavar="KEY", nargs="?", help="of one connection; default: all that are not paused")
    test.add_argument("--json", action="store_true")
    test.set_defaults(run=_test_connections)
    again = acts.add_parser("replay", help="read again what was not understood, as after a fix")
    again.epilog = "Example: python -m router connections replay KEY"
    again.add_argument("key", metavar="KEY")
    again.add_argument("--event", type=int, metavar="N", help="this one alone; default: all")
    again.add_argument("--json", action="store_true")
    again.set_defaults(run=_replay)
    for name, act in (("pause", False), ("resume", True)):
        one = acts.add_parser(name, help=f"{name} one", epilog=f"Example: python -m router connections {name} KEY")
        one.add_argument("key", metavar="KEY")
        one.set_defaults(run=_pause, active=act)
    secret = acts.add_parser("secret", help="add a second secret; the first goes on to hold")
    secret.epilog = "Example: python -m router connections secret KEY --json"
    secret.add_argument("key", metavar="KEY")
    secret.add_argument("--json", action="store_true")
    secret.set_defaults(run=_rotate)


def queues(parser: ArgumentParser) -> None:
    """Add, list."""
    example = "Example: python -m router queues add Billing --mode pull"
    parser.epilog = example
    acts = parser.add_subparsers(required=True, metavar="add|list")
    add = acts.add_parser("add", help="add a queue", epilog=example)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--mode", choices=equipping.MODES, default="pull")
    add.add_argument("--topic", metavar="SKILL", help="the skill that suits it best")
    add.add_argument("--answer-minutes", type=int, help="target for the first answer; default: the channel's")
    add.add_argument("--brand", metavar="KEY")
    add.add_argument("--json", action="store_true")
    add.set_defaults(run=_add_queue)
    every = acts.add_parser("list", help="show them all", epilog="Example: python -m router queues list")
    every.add_argument("--json", action="store_true")
    every.set_defaults(run=_list_queues)


def skills(parser: ArgumentParser) -> None:
    """Add, list."""
    example = "Example: python -m router skills add billing"
    parser.epilog = example
    acts = parser.add_subparsers(required=True, metavar="add|list")
    add = acts.add_parser("add", help="add a skill; a language by its tag or name", epilog=example)
    add.add_argument("name", metavar="NAME")
    add.add_argument("--json", action="store_true")
    add.set_defaults(run=_add_skill)
    every = acts.add_parser("list", help="show them all", epilog="Example: python -m router skills list")
    every.add_argument("--json", action="store_true")
    every.set_defaults(run=_list_skills)


def _add_connection(asked: Namespace) -> int:
    with opened() as heed:
        brand_id = equipping.brand_named(heed, asked.brand)
        queue_id = equipping.queue_named(heed, brand_id, asked.queue) if asked.queue else None
        made = connecting.add_connection(
            heed,
            COMMAND,
            SYSTEM,
            brand_id=brand_id,
            channel=asked.channel,
            name=asked.name,
            settings=_settings(asked.set),
            now=now(),
            queue_id=queue_id,
        )
        steps = connecting.steps(heed, connecting.by_id(heed, made.id), made.secret)
    if made.trouble:
        print(f"Added, but the platform could not be told of the webhook: {made.trouble}", file=sys.stderr)
    lines = [f"Address: {made.url}", f"Secret, shown this once: {made.secret or '(the platform gives its own)'}", ""]
    lines += [f"{number}. {step}" for number, step in enumerate(steps, 1)]
    found = {"id": made.id, "key": made.key, "url": made.url, "secret": made.secret}
    tell(found, "\n".join(lines), as_json=asked.json)
    return 0


def _list_connections(asked: Namespace) -> int:
    with opened() as heed:
        rows = connecting.seen_by(heed, SYSTEM)
        found = [_told(heed, row) for row in rows]
    lines = [
        f"{row.connection.key}  {row.connection.channel}  {row.connection.name}  "
        + ("at work" if row.active else "paused")
        + (f"  ({row.last_error})" if row.last_error else "")
        for row in rows
    ]
    tell(found, "\n".join(lines) or "None yet: connections add CHANNEL --name N.", as_json=asked.json)
    return 0


def _test_connections(asked: Namespace) -> int:
    with opened() as heed:
        if asked.key:
            rows: Sequence[ConnectionRow] = [connecting.by_key(heed, asked.key)]
        else:
            rows = [row for row in connecting.seen_by(heed, SYSTEM) if row.active]
        found = {row.connection.key: connecting.test_connection(heed, row.id, now()) for row in rows}
    lines = []
    for row in rows:
        problems = found[row.connection.key]
        lines += [f"{row.connection.name}: {'ok' if not problems else ''}"] + [f"  {problem}" for problem in problems]
    tell(found, "\n".join(lines) or "There is no connection to test.", as_json=asked.json)
    return 1 if any(found.values()) else 0


def _replay(asked: Namespace) -> int:
    with opened() as heed:
        row = connecting.by_key(heed, asked.key)
        odd, count = replaying.listed(heed, SYSTEM, row.id)
        done = replaying.replay(heed, COMMAND, SYSTEM, row.id, now(), asked.event)
    reasons = [{"event": one.id, "reason": one.reason, "received_at": one.received_at.isoformat()} for one in odd]
    lines = [f"{one.id}  {one.received_at:%Y-%m-%d %H:%M}  {one.reason}" for one in odd]
    lines.append(f"{done} of {count} are being read again.")
    tell({"read_again": done, "not_understood": count, "latest": reasons}, "\n".join(lines), as_json=asked.json)
    return 0


def _pause(asked: Namespace) -> int:
    with opened() as heed:
        row = connecting.by_key(heed, asked.key)
        connecting.pause(heed, COMMAND, row.id, now(), active=asked.active)
    print(f"{row.connection.name} {'is at work' if asked.active else 'is paused'}.")
    return 0


def _rotate(asked: Namespace) -> int:
    with opened() as heed:
        made = connecting.rotate_secret(heed, COMMAND, connecting.by_key(heed, asked.key).id, now())
    if made.trouble:
        print(f"The platform could not be told: {made.trouble}", file=sys.stderr)
    found = {"key": made.key, "url": made.url, "secret": made.secret}
    tell(found, f"The new secret, shown this once; the one before still holds:\n{made.secret}", as_json=asked.json)
    return 0


def _add_queue(asked: Namespace) -> int:
    with opened() as heed:
        brand_id = equipping.brand_named(heed, asked.brand)
        queue_id = equipping.add_queue(
            heed,
            COMMAND,
            brand_id,
            asked.name,
            now(),
            mode=asked.mode,
            topic=asked.topic,
            answer_s=asked.answer_minutes * 60 if asked.answer_minutes is not None else None,
        )
    tell({"id": queue_id, "name": asked.name}, f"The queue {asked.name} is there.", as_json=asked.json)
    return 0


def _list_queues(asked: Namespace) -> int:
    with opened() as heed:
        rows = equipping.queues(heed, SYSTEM)
    found = [{"id": q.id, "name": q.name, "mode": q.mode, "topic": q.topic, "is_default": q.is_default} for q in rows]
    lines = [f"{q.name}  {q.mode}{f'  topic {q.topic}' if q.topic else ''}{'  (default)' * q.is_default}" for q in rows]
    tell(found, "\n".join(lines), as_json=asked.json)
    return 0


def _add_skill(asked: Namespace) -> int:
    with opened() as heed:
        key = equipping.add_skill(heed, COMMAND, asked.name, now())
    tell({"key": key}, f"The skill {key} is there.", as_json=asked.json)
    return 0


def _list_skills(asked: Namespace) -> int:
    with opened() as heed:
        rows = equipping.skills(heed)
    found = [{"key": s.key, "label": s.label, "is_language": s.is_language} for s in rows]
    lines = [f"{s.key}  {s.label}{'  (language)' if s.is_language else ''}" for s in rows]
    tell(found, "\n".join(lines), as_json=asked.json)
    return 0


def _settings(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise Mistake(f"--set needs KEY=VALUE; found “{name[:40]}” without “=”.")
        found[name.strip()] = value
    return found


def _told(heed: Heed, row: ConnectionRow) -> dict[str, object]:
    return {
        "id": row.id,
        "key": row.connection.key,
        "url": connecting.hook_url(heed, row.connection.key),
        "channel": row.connection.channel,
        "name": row.connection.name,
        "active": row.active,
        "last_event_at": row.last_event_at.isoformat() if row.last_event_at else None,
        "last_error": row.last_error,
    }
