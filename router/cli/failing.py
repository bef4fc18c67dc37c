"""The one place where a command's failure becomes a sentence and an exit code."""

import os
import sys

from router.config import ConfigErrors
from router.listening import CannotStart
from router.mistakes import Mistake
from router.preparing import SchemaError
from router.store.failures import CANNOT_STORE
from router.vault import VaultError

SAYS_IT_ALL = (Mistake, ConfigErrors, SchemaError, CannotStart, VaultError)


def exit_code(error: BaseException) -> int:
    """Say in one sentence on standard error what went wrong; raises the error again if it is none that we expect."""
    if isinstance(error, BrokenPipeError):  # whoever read our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if isinstance(error, KeyboardInterrupt):
        return 130
    if isinstance(error, SAYS_IT_ALL):
        print(error, file=sys.stderr)
    elif isinstance(error, FileNotFoundError):
        print(f"There is no file {error.filename}.", file=sys.stderr)
    elif isinstance(error, CANNOT_STORE):
        kind = type(error).__name__
        print(f"The database cannot be used ({kind}): `python -m router doctor` says why.", file=sys.stderr)
    else:
        raise error
    return 1
