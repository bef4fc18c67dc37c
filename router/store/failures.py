"""What a database that is away or refuses looks like, for those who must answer 503 without knowing SQL."""

from sqlalchemy.exc import SQLAlchemyError

DATABASE_AWAY: tuple[type[Exception], ...] = (SQLAlchemyError, OSError)  # OSError: the lock file, a full disk
