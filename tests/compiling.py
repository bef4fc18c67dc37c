"""Lets a test process compile each statement, route and template and pack each static file once, as Heed's own do.

Heed opens one database and makes one application. A test process does so thousands of times, and would spend half of
its time at the same again.
"""

import functools
from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, create_engine
from werkzeug.routing import Rule

from router.store import db
from router.web import assets

STATEMENTS = 4_000  # more than Heed has
FOUND = ("_parts", "_trace", "_converters", "arguments")  # what a route knows of its path, never changed afterwards

_first: dict[str, Engine] = {}  # by kind of database: the engine whose dialect has met its server
_routes: dict[object, tuple[Any, ...]] = {}  # by how a route reads: what it found of FOUND, its two builders of URLs
_compile_route = Rule.compile


def once() -> None:
    """Compile once from here on."""
    db.create_engine = _engine  # type: ignore[assignment]
    Rule.compile = _compiled  # type: ignore[method-assign]
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Templates()}
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


def _compiled(rule: Rule) -> None:
    """Compile a route, or take what was found when one that reads the same was compiled.

    No map has converters of its own.
    """
    key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults))
    if key not in _routes:
        _compile_route(rule)
        _routes[key] = {name: getattr(rule, name) for name in FOUND}, rule._build, rule._build_unknown
        return
    found, *builders = _routes[key]
    vars(rule).update(found)
    rule._build, rule._build_unknown = (builder.__func__.__get__(rule) for builder in builders)


class Templates(BytecodeCache):
    """What each template became when it was compiled first; one that reads otherwise is compiled again."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template's code if it is here."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        self._code[bucket.key, bucket.checksum] = bucket.code
