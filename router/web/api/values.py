"""The values that bodies, queries and answers are made of, read as strictly as their schema says.

Pydantic's usual reading takes false for 0 and "5" for 5; its strict one refuses 51.0, which is an integer by JSON
Schema. Here an integer is what JSON Schema calls one, and nothing else.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from router.desk.writing import MAX_KEY

ID = r"^[A-Za-z0-9_-]{1,64}$"
ONE_LINE = r"^[^\x00-\x1f\x7f\u2028\u2029]*$"  # no line break reaches a header, no NUL the database
MAX_LIMIT = 200  # items of one page
DIGITS = 9  # of a number in a query


class In(BaseModel):
    """A body: fields it does not name are refused, and nothing is taken for something else."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Asked(BaseModel):
    """A query or headers: all texts, so that numbers are read from them."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Out(BaseModel):
    """An answer, made by us."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)


def _integer(found: object) -> object:
    if isinstance(found, bool | str):
        raise ValueError("This is not an integer.")
    return found


def _digits(found: object) -> object:
    if isinstance(found, str) and not (found.isascii() and found.isdigit() and len(found) <= DIGITS):
        raise ValueError("This is not a whole number.")
    return found


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("A text has no NUL in it.")
    return text


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("This moment is beyond all calendars.") from None


Int = Annotated[int, Field(strict=False), BeforeValidator(_integer)]
Words = Annotated[str, AfterValidator(_without_nul)]  # several lines
Line = Annotated[str, Field(pattern=ONE_LINE)]
Id = Annotated[str, Field(pattern=ID)]
Level = Annotated[Int, Field(ge=1, le=5)]
Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Limit = Annotated[int, BeforeValidator(_digits), Field(ge=1, le=MAX_LIMIT, description="Items of one page.")]


class Once(Asked):
    """The same key again is the same message, not another one."""

    idempotency_key: Annotated[str, Field(pattern=rf"^[!-~]{{1,{MAX_KEY}}}$")] | None = Field(
        None, alias="Idempotency-Key"
    )

    @property
    def key(self) -> str:
        """Return the key, empty if none was sent."""
        return self.idempotency_key or ""
