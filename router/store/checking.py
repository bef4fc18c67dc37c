"""A column that SQLite checks rows by and never finds them by.

SQLite takes any equality for selective, and so finds the tickets of a brand before it looks at anything else: all of
them, on most desks. PostgreSQL counts, and needs no word.
"""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class checked(FunctionElement[Any]):
    """The same column, out of reach of SQLite's indexes (source: sqlite.org/optoverview.html, unary plus)."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(checked)
def _as_it_is(element: checked, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.clauses.clauses[0], **how)


@compiles(checked, "sqlite")
def _for_sqlite(element: checked, compiler: SQLCompiler, **how: Any) -> str:
    return f"+{compiler.process(element.clauses.clauses[0], **how)}"
