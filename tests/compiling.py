"""Lets a test process compile each statement and each route and pack each static file once, as a process of Heed does.

Heed opens one database and makes one application. A test process does so thousands of times, and would spend half of
its time at the same statements, routes and files again.
"""

import functools
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, create_engine
from werkzeug.routing import Rule

from router.store import db
from router.web import assets

STATEMENTS = 4_000  # more than Heed has

Builder = Callable[..., tuple[str, str]]
_first: dict[str, Engine] = {}  # by kind of database: the engine whose dialect has met its server
_builders: dict[object, Builder] = {}
_compile_builder = Rule._compile_builder


def once() -> None:
    """Compile once from here on."""
    db.create_engine = _engine  # type: ignore[assignment]
    Rule._compile_builder = _builder  # type: ignore[method-assign]
    assets._read = functools.cache(assets._read)


def _engine(url: object, **options: Any) -> Engine:
    """Open an engine as `create_engine` does, with the dialect and the compiled statements of those before it."""
    engine = create_engine(url, query_cache_size=STATEMENTS, **options)  # type: ignore[call-overload]
    first = _first.setdefault(engine.dialect.name, engine)
    if getattr(first.dialect, "server_version_info", None) is None:  # it never reached its server
        first = _first[engine.dialect.name] = engine
    if engine is not first:
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache
    return engine


def _builder(rule: Rule, append_unknown: bool = True) -> Builder:
    """Return what builds the URLs of a route; it depends on what the route reads alone."""
    key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]
