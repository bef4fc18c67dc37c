"""`up`, `migrate`, `doctor`: a desk on this host, and whether it can run. Light to import: `up` must start quickly."""

import os
from argparse import ArgumentParser, Namespace

from router import accounts, preparing
from router import config as configuration
from router import doctor as examination
from router import up as supervisor
from router.app import open_heed
from router.cli.opening import closing, now
from router.config import Config


def up(parser: ArgumentParser) -> None:
    """Start everything."""
    parser.epilog = "Example: python -m router up\n\nStops with Ctrl-C. PORT, DATABASE_URL, REDIS_URL … are read first."
    parser.set_defaults(run=_up)


def migrate(parser: ArgumentParser) -> None:
    """Bring the schema up to date."""
    parser.epilog = "Example: DATABASE_URL=postgresql://heed@db/heed python -m router migrate"
    parser.set_defaults(run=_migrate)


def doctor(parser: ArgumentParser) -> None:
    """Examine the set-up."""
    parser.epilog = "Example: python -m router doctor"
    parser.set_defaults(run=_doctor)


def _up(_asked: Namespace) -> int:
    configuration.prepare(os.environ)
    config = configuration.load(os.environ)

    def announce() -> str:
        with closing(open_heed(config)) as heed:
            link = accounts.first_sign_in_link(heed, now())
        return f"Sign in with this link; it works once, within 10 minutes:\n{link}"

    return supervisor.run(config, prepare=lambda: _make_ready(config), announce=announce)


def _migrate(_asked: Namespace) -> int:
    configuration.prepare(os.environ)
    before, after = _make_ready(configuration.load(os.environ))
    print(
        f"The schema is at {after}." if before == after else f"The schema went from {before or 'nothing'} to {after}."
    )
    return 0


def _doctor(_asked: Namespace) -> int:
    findings = examination.examine(os.environ)
    for finding in findings:
        print(f"{'ok  ' if finding.ok else 'MEND'}  {finding.what}")
        if finding.remedy and not finding.ok:
            print(f"      {finding.remedy}")
    return 0 if all(finding.ok for finding in findings) else 1


def _make_ready(config: Config) -> tuple[str | None, str]:
    """Bring schema and desk up to date; return the revisions before and after."""
    with closing(open_heed(config)) as heed:
        return preparing.make_ready(heed, now())
