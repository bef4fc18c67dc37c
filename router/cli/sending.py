"""`destinations`: where rules may send word of tickets."""

from argparse import ArgumentParser, Namespace

from router import telling_out
from router.accounts import COMMAND
from router.cli.opening import now, opened, tell


def destinations(parser: ArgumentParser) -> None:
    """Add, list, remove."""
    example = "Example: python -m router destinations add CRM --url https://crm.example.com/heed --json"
    parser.epilog = example
    acts = parser.add_subparsers(required=True, metavar="add|list|remove")
    add = acts.add_parser("add", help="register an address and print its secret, this once", epilog=example)
    add.add_argument("name", metavar="NAME", help="as rules call it: {webhook: NAME}")
    add.add_argument("--url", required=True, help="where word is posted")
    add.add_argument("--internal", action="store_true", help="it may be inside your own network, and http will do")
    add.add_argument("--brand", metavar="KEY")
    add.add_argument("--json", action="store_true")
    add.set_defaults(run=_add)
    every = acts.add_parser("list", help="show them all", epilog="Example: python -m router destinations list --json")
    every.add_argument("--json", action="store_true")
    every.set_defaults(run=_list)
    remove = acts.add_parser("remove", help="forget one; what was not sent to it yet never is")
    remove.epilog = "Example: python -m router destinations remove CRM"
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("--brand", metavar="KEY")
    remove.set_defaults(run=_remove)


def _add(asked: Namespace) -> int:
    with opened() as heed:
        made, secret = telling_out.register(
            heed, COMMAND, asked.name, asked.url, now(), brand=asked.brand, internal=asked.internal
        )
    said = f"Rules can say {{webhook: {asked.name}}}. Secret of its signatures, shown this once: {secret}"
    tell({"id": made, "name": asked.name, "url": asked.url, "secret": secret}, said, as_json=asked.json)
    return 0


def _list(asked: Namespace) -> int:
    with opened() as heed:
        rows = telling_out.listed(heed)
    found = [{"id": one.id, "name": one.name, "url": one.url, "internal": one.internal} for one in rows]
    lines = [f"{one.name}  {one.url}{'  (internal)' * one.internal}" for one in rows]
    tell(found, "\n".join(lines) or "None yet: destinations add NAME --url URL.", as_json=asked.json)
    return 0


def _remove(asked: Namespace) -> int:
    with opened() as heed:
        telling_out.remove(heed, COMMAND, asked.name, now(), brand=asked.brand)
    print(f"{asked.name} is removed.")
    return 0
