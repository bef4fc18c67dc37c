"""`backup`, `restore`, `purge`, `export`, `reindex`, `rekey`: keeping and cleaning what the desk holds."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from router import connecting, exporting, indexing
from router import keeping as kept
from router.accounts import COMMAND
from router.cli.opening import now, opened
from router.mistakes import Mistake
from router.model import SYSTEM


def backup(parser: ArgumentParser) -> None:
    """Write everything into one file."""
    parser.epilog = "Example: python -m router backup heed-monday.backup\n\nSECRET_KEY is not in it: keep that apart."
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.set_defaults(run=_backup)


def restore(parser: ArgumentParser) -> None:
    """Bring a backup back."""
    parser.epilog = "Example: DATABASE_URL=… python -m router restore heed-monday.backup"
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--force", action="store_true", help="wipe what is there first")
    parser.set_defaults(run=_restore)


def purge(parser: ArgumentParser) -> None:
    """Delete what is due."""
    parser.epilog = (
        "Example: python -m router purge\n\n"
        "A person who asks to be forgotten: purge --contact ID, with the ID in the address of their page."
    )
    parser.add_argument("--contact", metavar="ID", help="erase this person instead, with all they wrote")
    parser.set_defaults(run=_purge)


def export(parser: ArgumentParser) -> None:
    """Write what is held about one person."""
    parser.epilog = (
        "Example: python -m router export person.zip --contact ID\n\n"
        "The ID stands in the address of their page. Look through the file before you hand it on: it holds what\n"
        "others wrote on their tickets, and internal notes."
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--contact", metavar="ID", required=True, help="whose data")
    parser.set_defaults(run=_export)


def reindex(parser: ArgumentParser) -> None:
    """Make the search index anew."""
    parser.epilog = "Example: python -m router reindex\n\nEverything may go on running; search finds less meanwhile."
    parser.set_defaults(run=_reindex)


def rekey(parser: ArgumentParser) -> None:
    """Seal anew."""
    parser.epilog = "Example: SECRET_KEY=new,old python -m router rekey\n\nThen the old key can be taken away."
    parser.set_defaults(run=_rekey)


def _backup(asked: Namespace) -> int:
    with opened() as heed:
        print(kept.backup(heed, asked.file))
    return 0


def _restore(asked: Namespace) -> int:
    with opened(desk=False) as heed:
        print(kept.restore(heed, asked.file, force=asked.force))
    return 0


def _purge(asked: Namespace) -> int:
    with opened() as heed:
        if not asked.contact:
            print(kept.purge(heed, now()))
        elif kept.erase_contact(heed, SYSTEM, asked.contact, now()):
            print(f"The contact {asked.contact} is erased, with tickets, messages and files.")
        else:
            raise Mistake(f"There is no contact {asked.contact}: take the ID from the address of their page.")
    return 0


def _export(asked: Namespace) -> int:
    with opened() as heed:
        exporting.export_to(heed, SYSTEM, COMMAND, asked.contact, asked.file, now())
    print(f"All that is held about the contact {asked.contact} stands in {asked.file}.")
    return 0


def _reindex(_asked: Namespace) -> int:
    with opened() as heed:
        indexing.anew(heed, now(), print)
    return 0


def _rekey(_asked: Namespace) -> int:
    with opened() as heed:
        count = connecting.rekey(heed, COMMAND, now())
    print(f"{count} secrets were sealed anew with the first SECRET_KEY; the others may be taken away.")
    return 0
