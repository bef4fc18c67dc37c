"""What a database that is away looks like, for those who must answer 503 without knowing SQL."""

from sqlalchemy.exc import SQLAlchemyError

DATABASE_AWAY: tuple[type[Exception], ...] = (SQLAlchemyError,)
CANNOT_STORE: tuple[type[Exception], ...] = (SQLAlchemyError, OSError)  # OSError: the lock file, a full disk
