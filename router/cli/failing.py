"""The one place where a command's failure becomes a sentence and an exit code."""

import os
import sys
from collections.abc import Callable

from router.config import ConfigErrors
from router.listening import CannotStart
from router.mistakes import Mistake
from router.preparing import SchemaError
from router.store.failures import CANNOT_STORE
from router.vault import VaultError

SAYS_IT_ALL = (Mistake, ConfigErrors, SchemaError, CannotStart, VaultError)


def explained(command: Callable[[], int]) -> int:
    """Run a command; what goes wrong is one sentence on standard error."""
    try:
        return command()
    except BrokenPipeError:  # whoever read our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except SAYS_IT_ALL as error:
        print(error, file=sys.stderr)
        return 1
    except FileNotFoundError as error:
        print(f"There is no file {error.filename}.", file=sys.stderr)
        return 1
    except CANNOT_STORE as error:
        kind = type(error).__name__
        print(f"The database cannot be used ({kind}): `python -m router doctor` says why.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
