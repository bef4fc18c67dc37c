"""Typed routes: a function's signature says what it takes and gives; the request is read by it, OpenAPI told from it.

    @api.route("POST", "/tickets/{id}/replies", scope="tickets:write", status=201)
    def create(call: Call, ticket_id: str, body: ReplyIn, headers: Once) -> Written: ...

`call` is who asks. Then come the ids that stand in braces, in their order; `query`, `headers` and `body` are models.
The answer is a model, None (204) or a Response as it is.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from router.accounts import SignedIn
from router.app import Heed
from router.desk import NotFound
from router.model import Scope
from router.web import limits
from router.web.api.errors import Malformed, invalid_body, invalid_parameters
from router.web.api.values import ID
from router.web.audience import audience
from router.web.security import MAX_FORM, heed_of, now, signed_in

USUAL_RATE = "6000 per minute"  # calls of one token
_NAME = re.compile(r"\{(\w+)\}")
_ID = re.compile(ID)

View = TypeVar("View", bound=Callable[..., Any])
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: on which desk, by whom, when."""

    heed: Heed
    me: SignedIn
    now: datetime

    @property
    def scope(self) -> Scope:
        """Return what the caller may see."""
        return self.me.scope

    @property
    def agent(self) -> str:
        """Return the id of the token's owner."""
        return self.me.agent.id


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as its signature tells it."""

    method: str
    path: str  # with {names}
    name: str
    says: str  # its docstring
    scope: str
    status: int
    ids: tuple[str, ...]
    query: type[BaseModel] | None = None
    headers: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    may_be_empty: bool = False  # 204 instead of the answer
    conflicts: bool = False  # 409 as things stand
    produces: str = "application/json"
    max_body: int = MAX_FORM  # bytes
    rate: str = USUAL_RATE

    @property
    def optional_body(self) -> bool:
        """Say whether a request without a body is read as an empty object."""
        return self.body is not None and not any(field.is_required() for field in self.body.model_fields.values())


class Api:
    """The routes of one blueprint."""

    def __init__(self, bp: Blueprint) -> None:
        self.bp = bp
        self.operations: list[Operation] = []

    def route(
        self,
        method: str,
        path: str,
        *,
        scope: str,
        status: int = 200,
        conflicts: bool = False,
        produces: str = "application/json",
        max_body: int = MAX_FORM,
        rate: str = USUAL_RATE,
    ) -> Callable[[View], View]:
        """Add a function as a route for tokens with `scope` (empty: any token)."""

        def add(function: View) -> View:
            operation = _told(function, method, path, scope, status, conflicts, produces, max_body, rate)
            self.operations.append(operation)
            view = _view(function, operation)
            audience("token", scope=scope)(view)
            self.bp.add_url_rule(_NAME.sub(r"<\1>", path), function.__name__, view, methods=[method])
            return function

        return add


def _told(
    function: Callable[..., Any],
    method: str,
    path: str,
    scope: str,
    status: int,
    conflicts: bool,
    produces: str,
    max_body: int,
    rate: str,
) -> Operation:
    signature = inspect.signature(function, eval_str=True)
    ids = tuple(_NAME.findall(path))
    models: dict[str, type[BaseModel]] = {}
    for name, parameter in list(signature.parameters.items())[1 + len(ids) :]:
        if name not in ("query", "headers", "body") or not _is_model(parameter.annotation):
            raise TypeError(
                f"{function.__name__}: “{name}” is no id of the path and no model of query, headers or body."
            )
        models[name] = parameter.annotation
    answer, may_be_empty = _answer_of(signature.return_annotation)
    return Operation(
        method=method,
        path=path,
        name=function.__name__,
        says=inspect.getdoc(function) or "",
        scope=scope,
        status=status,
        ids=ids,
        query=models.get("query"),
        headers=models.get("headers"),
        body=models.get("body"),
        answer=answer,
        may_be_empty=may_be_empty,
        conflicts=conflicts,
        produces=produces,
        max_body=max_body,
        rate=rate,
    )


def _answer_of(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    if get_origin(annotation) in (Union, UnionType):
        parts = get_args(annotation)
        return next((part for part in parts if _is_model(part)), None), NoneType in parts
    return (annotation if _is_model(annotation) else None), annotation is None


def _is_model(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _view(function: Callable[..., Any], operation: Operation) -> Callable[..., Response]:
    def view(**ids: str) -> Response:
        limits.limit(operation.rate, "api", operation.name if operation.rate != USUAL_RATE else "", signed_in().through)
        if not all(_ID.fullmatch(value) for value in ids.values()):
            raise NotFound("There is nothing here.")
        given: dict[str, object] = {}
        if operation.query is not None:
            given["query"] = _parameters(operation.query, request.args.to_dict())
        if operation.headers is not None:
            given["headers"] = _parameters(operation.headers, _headers_of(operation.headers))
        if operation.body is not None:
            given["body"] = _body(operation.body, operation)
        return _answered(
            function(Call(heed_of(), signed_in(), now()), *(ids[name] for name in operation.ids), **given), operation
        )

    view.__name__ = operation.name
    view.__doc__ = operation.says
    return view


def _parameters(model: type[Model], given: Mapping[str, str]) -> Model:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid_parameters(error) from None


def _headers_of(model: type[BaseModel]) -> dict[str, str]:
    names = [field.alias or name for name, field in model.model_fields.items()]
    return {name: request.headers[name] for name in names if name in request.headers}


def _body(model: type[Model], operation: Operation) -> Model:
    request.max_content_length = operation.max_body
    raw = request.get_data(cache=False)
    if not raw and operation.optional_body:
        raw = b"{}"
    elif request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON, with “Content-Type: application/json”.")
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise Malformed(f"This is not JSON: {first['msg'].removeprefix('Invalid JSON: ')}.") from None
        raise invalid_body(error) from None


def _answered(found: BaseModel | Response | None, operation: Operation) -> Response:
    if isinstance(found, Response):
        return found
    if found is None:
        return Response(status=204)
    return Response(found.model_dump_json(), operation.status, content_type="application/json")
