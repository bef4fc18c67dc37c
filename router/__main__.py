"""`python -m router …`: see router/cli.py."""

import sys

from router.cli import main

if __name__ == "__main__":
    sys.exit(main())
