"""`users` and `tokens`: the people of the desk and their tokens. No password is ever on a command line."""

from argparse import ArgumentParser, Namespace

from router import equipping, staffing
from router import tokens as api_tokens
from router.accounts import COMMAND
from router.cli.opening import now, opened, tell
from router.mistakes import Mistake
from router.model import SYSTEM, Role
from router.tokens import SCOPES, USUAL_SCOPES


def users(parser: ArgumentParser) -> None:
    """Add, list, switch off, give a new link."""
    parser.epilog = "Example: python -m router users add ana@example.com --name Ana --role agent --skill billing=4"
    acts = parser.add_subparsers(required=True, metavar="add|list|off|link")
    add = acts.add_parser("add", help="add a person and print a sign-in link that works once, for 24 hours")
    add.epilog = parser.epilog
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--name", default="", help="as colleagues and customers see it")
    add.add_argument("--role", choices=[role.value for role in Role], default=Role.AGENT.value)
    add.add_argument("--skill", action="append", default=[], metavar="NAME=LEVEL", help="1 … 5; again for each skill")
    add.add_argument("--brand", action="append", metavar="KEY", help="whom they work for; again for each; default: all")
    add.add_argument("--channel", action="append", default=[], metavar="NAME", help="bind them to these; default: all")
    add.add_argument("--zone", default="", help="IANA time zone, such as Asia/Karachi; default: the brand's")
    add.add_argument("--json", action="store_true")
    add.set_defaults(run=_add)
    everyone = acts.add_parser("list", help="show everyone", epilog="Example: python -m router users list --json")
    everyone.add_argument("--json", action="store_true")
    everyone.set_defaults(run=_list)
    off = acts.add_parser(
        "off", help="switch a person off", epilog="Example: python -m router users off ana@example.com"
    )
    off.add_argument("email", metavar="EMAIL")
    off.set_defaults(run=_off)
    link = acts.add_parser(
        "link", help="print a new sign-in link", epilog="Example: python -m router users link ana@example.com"
    )
    link.add_argument("email", metavar="EMAIL")
    link.add_argument("--json", action="store_true")
    link.set_defaults(run=_link)


def tokens(parser: ArgumentParser) -> None:
    """Create a token."""
    example = "Example: python -m router tokens create ana@example.com --scope tickets:read --days 90 --json"
    parser.epilog = example
    acts = parser.add_subparsers(required=True, metavar="create")
    create = acts.add_parser("create", help="make a token and print it, this once", epilog=example)
    create.add_argument("email", metavar="EMAIL", help="whose token it is")
    create.add_argument("--scope", action="append", choices=list(SCOPES), help=f"default: {', '.join(USUAL_SCOPES)}")
    create.add_argument("--days", type=int, help="how long it holds; default: until it is ended")
    create.add_argument("--name", default="command line", help="what it is for")
    create.add_argument("--json", action="store_true")
    create.set_defaults(run=_create_token)


def _add(asked: Namespace) -> int:
    with opened() as heed:
        brands = [equipping.brand_named(heed, key) for key in asked.brand] if asked.brand else None
        agent_id, link = staffing.add_person(
            heed,
            COMMAND,
            email=asked.email,
            name=asked.name,
            role=asked.role,
            now=now(),
            skills=dict(_skill(text) for text in asked.skill),
            brands=brands,
            channels=asked.channel,
            zone=asked.zone,
        )
    said = f"{asked.email} is on the desk. Sign in with this link; it works once, within 24 hours:\n{link}"
    tell({"id": agent_id, "email": asked.email, "link": link}, said, as_json=asked.json)
    return 0


def _list(asked: Namespace) -> int:
    with opened() as heed:
        rows = staffing.everyone(heed, SYSTEM)
    found = [
        {
            "id": row.agent.id,
            "email": row.agent.email,
            "name": row.agent.name,
            "role": row.agent.role.value,
            "active": row.agent.active,
            "skills": dict(row.skills),
        }
        for row in rows
    ]
    lines = [
        f"{row.agent.email}  {row.agent.name}  {row.agent.role}{'' if row.agent.active else '  (off)'}  "
        + ", ".join(f"{skill} {level}" for skill, level in sorted(row.skills.items()))
        for row in rows
    ]
    tell(found, "\n".join(lines) or "Nobody yet: users add EMAIL.", as_json=asked.json)
    return 0


def _off(asked: Namespace) -> int:
    with opened() as heed:
        who = staffing.by_email(heed, asked.email)
        staffing.switch_off(heed, COMMAND, who.id, now())
    print(f"{who.email} is switched off: sessions, tokens and open pages end now.")
    return 0


def _link(asked: Namespace) -> int:
    with opened() as heed:
        who = staffing.by_email(heed, asked.email)
        link = staffing.new_link(heed, COMMAND, who.id, now())
    tell({"link": link}, f"This link signs {who.email} in once, within 24 hours:\n{link}", as_json=asked.json)
    return 0


def _create_token(asked: Namespace) -> int:
    with opened() as heed:
        owner = staffing.by_email(heed, asked.email)
        token = api_tokens.create_token(
            heed, COMMAND, owner, now(), scopes=asked.scope or USUAL_SCOPES, name=asked.name, days=asked.days
        )
    tell({"token": token}, f"The token, shown this once:\n{token}", as_json=asked.json)
    return 0


def _skill(text: str) -> tuple[str, int]:
    name, _, level = text.rpartition("=")
    if not name or not (level.isascii() and level.isdigit()) or len(level) > 2:
        raise Mistake(f"--skill is “{text}”: give NAME=LEVEL, such as billing=4.")
    return name, int(level)
