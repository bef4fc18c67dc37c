"""`python -m router …`: see router/cli.py."""

import sys

from router.parent import follow_supervisor

if __name__ == "__main__":
    follow_supervisor()  # before the imports below, which take most of a second

    from router.cli import main

    sys.exit(main())
