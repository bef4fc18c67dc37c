"""`python -m router …`: see router/cli."""

import gc
import sys

from router.parent import follow_supervisor

if __name__ == "__main__":
    follow_supervisor()  # before the imports below, which take seconds on a busy host
    gc.set_threshold(20_000, 20, 20)  # the default looks through memory again and again while modules load: a tenth

    from router.cli import main

    sys.exit(main())
