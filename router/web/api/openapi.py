"""The description of the API, OpenAPI 3.1, told from the routes' own signatures."""

from collections.abc import Iterable
from typing import Any

from pydantic import Field
from pydantic.json_schema import models_json_schema

from router import __version__
from router.tokens import SCOPES
from router.web.api.ticket_json import PREFIX
from router.web.api.typed import Operation
from router.web.api.values import ID, Out
from router.web.problems import HINTS, TYPE

SECURITY = "token"
SAYS = (
    "Send “Authorization: Bearer <token>”; `python -m router tokens create EMAIL` makes one. A token is worth its "
    "scopes, and never more than its owner's role and brands: what lies in another brand is not found. Errors are "
    "problem details (RFC 9457). Lists that have `next` go on with `?cursor=`."
)
RETRY = {
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    405: {"Allow": {"schema": {"type": "string"}}},
    429: RETRY,
    503: RETRY,
}


class PartProblem(Out):
    """What is wrong with one part of what was sent."""

    detail: str
    pointer: str | None = Field(None, description="JSON pointer into the body, as a fragment (RFC 6901).")
    parameter: str | None = Field(None, description="Name of the query parameter or header.")


class Problem(Out):
    """What went wrong, and how to mend it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[PartProblem] | None = Field(None, description="With 422: every part that is wrong.")
    newer_message: str | None = Field(None, description="With 409 on a reply: the message that came meanwhile.")


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the description of these routes."""
    routes = list(operations)
    refs, schemas = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for operation in routes:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, refs)
    statuses = sorted({status for operation in routes for status in errors_of(operation)})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Heed", "version": __version__, "description": SAYS},
        "servers": [{"url": PREFIX}],
        "security": [{SECURITY: []}],
        "tags": [{"name": name} for name in sorted({_tag(operation) for operation in routes})],
        "paths": paths,
        "components": {
            "securitySchemes": {
                SECURITY: {"type": "http", "scheme": "bearer", "description": f"Scopes: {', '.join(SCOPES)}."}
            },
            "schemas": schemas,
            "responses": {_problem_name(status): _problem(status, refs[Problem]) for status in statuses},
        },
    }


def errors_of(operation: Operation) -> tuple[int, ...]:
    """Return the statuses besides success that a route may answer with."""
    found = {401, 403, 404, 405, 429, 500, 503}
    if operation.query or operation.headers or operation.body:
        found |= {400, 422}
    if operation.body:
        found |= {413, 415}
    if operation.conflicts:
        found |= {409}
    return tuple(sorted(found))


Refs = dict[Any, str]  # by model


def _schemas(routes: list[Operation]) -> tuple[Refs, dict[str, Any]]:
    bodies = {operation.body for operation in routes if operation.body}
    answers = {operation.answer for operation in routes if operation.answer} | {Problem}
    wanted: list[tuple[Any, Any]] = [(model, "validation") for model in bodies]
    wanted += [(model, "serialization") for model in answers]
    wanted.sort(key=lambda pair: pair[0].__name__)
    by_model, whole = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    refs = {model: found["$ref"] for (model, _), found in by_model.items()}
    return refs, whole["$defs"]


def _operation(operation: Operation, refs: Refs) -> dict[str, Any]:
    summary, _, more = operation.says.partition("\n")
    scope = f"Scope: `{operation.scope}`." if operation.scope else "Any token."
    said: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [_tag(operation)],
        "summary": summary,
        "description": f"{more.strip()}\n\n{scope}".strip(),
        "parameters": _parameters(operation),
        "responses": _responses(operation, refs),
    }
    if operation.body is not None:
        content = {"application/json": {"schema": {"$ref": refs[operation.body]}}}
        said["requestBody"] = {"required": not operation.optional_body, "content": content}
    return said


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": ID}}
        for name in operation.ids
    ]
    for where, model in (("query", operation.query), ("header", operation.headers)):
        schema = model.model_json_schema(by_alias=True) if model else {}
        for name, of in schema.get("properties", {}).items():
            found.append(
                {
                    "name": name,
                    "in": where,
                    "required": name in schema.get("required", ()),
                    "description": of.pop("description", ""),
                    "schema": of,
                }
            )
    return found


def _responses(operation: Operation, refs: Refs) -> dict[str, Any]:
    if operation.answer is not None:
        schema: dict[str, Any] = {"$ref": refs[operation.answer]}
    else:
        schema = {"type": "string"}
    done = {"description": "Done.", "content": {operation.produces: {"schema": schema}}}
    found: dict[str, Any] = {str(operation.status): done}
    if operation.may_be_empty:
        found["204"] = {"description": "There is none."}
    for status in errors_of(operation):
        found[str(status)] = {"$ref": f"#/components/responses/{_problem_name(status)}"}
    return found


def _problem(status: int, ref: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": HINTS.get(status, "Some of what was sent cannot be used; `errors` says what."),
        "content": {TYPE: {"schema": {"$ref": ref}}},
    }
    if status in HEADERS:
        said["headers"] = HEADERS[status]
    return said


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _tag(operation: Operation) -> str:
    return operation.path.split("/")[1]
