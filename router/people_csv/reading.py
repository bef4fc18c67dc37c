"""A sheet of people as text: cells in and out, and what is wrong with them by line and column. Pure.

A column that is missing and a cell that is empty change nothing; a filled cell says everything, and `none` means none.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_LINES = 2000
MOST_CHARACTERS = 600_000
NONE = "none"
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula

COLUMNS = (  # name, what stands in it
    ("email", "the address they sign in with; it says who is meant"),
    ("name", "as colleagues and customers see it"),
    ("role", "agent, supervisor, ops or admin"),
    ("brands", "keys of brands, by blanks"),
    ("skills", "billing=4 en=5: all they have, in levels 1 to 5, or none"),
    ("slots", "live=3 mail=1: where it differs from the usual, or none"),
    ("zone", "an IANA time zone, such as Asia/Karachi"),
    ("site", "where they work, or none; tickets can be handed to a site"),
    ("locale", "the language of their pages, such as en or ur"),
    ("active", "yes or no"),
)
NAMES = tuple(name for name, _ in COLUMNS)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: in which line and column (0 and none: the sheet as a whole), and the remedy."""

    line: int
    column: str
    says: str
    meant: str = ""  # the word that is known and close


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the sheet: what its filled cells say."""

    number: int  # as spreadsheets count, the header being 1
    cells: Mapping[str, str]


def read(body: str | bytes) -> tuple[list[Line], list[Problem]]:
    """Return the lines of a sheet and what is wrong with its form. Commas, semicolons or tabs between the cells."""
    text = as_text(body)
    if text is None:
        return [], [Problem(0, "", "The file is not UTF-8 text: save it as “CSV UTF-8”.")]
    if len(text) > MOST_CHARACTERS:
        return [], [Problem(0, "", f"The sheet has {len(text)} characters: at most {MOST_CHARACTERS} go at once.")]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        return [], [Problem(0, "", f"The sheet cannot be read: {error}. Check its quotation marks.")]
    if not any(any(value.strip() for value in row) for row in rows):
        return [], [Problem(0, "", f"The sheet is empty. The first line names the columns: {' '.join(NAMES)}.")]
    header = [name.strip().casefold() for name in rows[0]]
    problems = list(_wrong_header(header))
    if len(rows) - 1 > MOST_LINES:
        problems.append(Problem(0, "", f"The sheet has {len(rows) - 1} lines: at most {MOST_LINES} go at once."))
    return ([], problems) if problems else _lines(header, rows)


def _lines(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[Line], list[Problem]]:
    lines, problems = [], []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(value.strip() for value in row):
            continue
        if len(row) > len(header) and any(value.strip() for value in row[len(header) :]):
            said = f"This line has {len(row)} cells, the header {len(header)}: put quotation marks around commas."
            problems.append(Problem(number, "", said))
            continue
        cells = {name: plain(value) for name, value in zip(header, row, strict=False) if value.strip()}
        email = cells.get("email", "").lower()
        if email and email in seen:
            problems.append(
                Problem(number, "email", f"{email} stands in line {seen[email]} already: keep one of them.")
            )
        seen.setdefault(email, number)
        lines.append(Line(number, {**cells, "email": email}))
    return lines, problems


def sheet(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV that spreadsheets open without running anything in it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return out.getvalue()


def cell(value: str) -> str:
    """Return a value as a cell that is no formula."""
    return f"'{value}" if value.startswith(RISKY) else value


def plain(value: str) -> str:
    """Return what a cell says, without the mark that `cell` puts before a risky one."""
    value = value.strip()
    return value[1:].strip() if value.startswith("'") and value[1:].startswith(RISKY) else value


def as_text(body: str | bytes) -> str | None:
    """Return a sheet as text, None if its bytes are none."""
    if isinstance(body, str):
        return body.removeprefix("\ufeff")
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=first.count)


def _wrong_header(header: Sequence[str]) -> Iterable[Problem]:
    if "email" not in header:
        named = ", ".join(name[:30] for name in header[:12])
        yield Problem(1, "", f"The first line names the columns, and “email” must be one of them. It says: {named}.")
        return
    for name in header:
        if name and name not in NAMES:
            yield Problem(1, name[:30], f"There is no column “{name[:30]}”. Columns: {' '.join(NAMES)}.")
        elif name and header.count(name) > 1:
            yield Problem(1, name, f"The column “{name}” stands there twice: keep one.")
