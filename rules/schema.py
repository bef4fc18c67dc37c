"""The JSON Schema of a rule file, made from the tables, so that editors complete and check while people type."""

from rules.actions import ACTIONS, Kind, Takes
from rules.facts import FACTS
from rules.model import FORMAT
from rules.operators import OPERATORS

Schema = dict[str, object]
_DURATION: Schema = {"type": "string", "pattern": "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"}


def json_schema() -> Schema:
    """Return the schema (draft 2020-12). Names of queues and skills, and types, are left to `rules.check`."""
    text: Schema = {"type": "string"}
    condition: Schema = {
        "type": "object",
        "required": ["fact", "is"],
        "additionalProperties": False,
        "properties": {
            "fact": {"anyOf": [{"enum": list(FACTS)}, {"type": "string", "pattern": "^contact\\.[a-z][a-z0-9_]*$"}]},
            "is": {"enum": list(OPERATORS)},
            "value": {"type": ["string", "number", "boolean", "array"]},
        },
    }
    groups = [
        {
            "type": "object",
            "required": [kind],
            "additionalProperties": False,
            "properties": {kind: {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/when"}}},
        }
        for kind in ("all", "any", "none")
    ]
    rule: Schema = {
        "type": "object",
        "required": ["name", "when", "then"],
        "additionalProperties": False,
        "properties": {
            "name": text,
            "note": text,
            "when": {"anyOf": [{"const": "always"}, {"$ref": "#/$defs/when"}]},
            "then": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/action"}},
        },
    }
    example: Schema = {
        "type": "object",
        "required": ["given", "expect"],
        "properties": {"name": text, "given": {"type": "object"}, "expect": {"type": "object"}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Heed rules",
        "type": "object",
        "required": ["rules"],
        "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT},
            "facts": {"type": "object"},
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
            "examples": {"type": "array", "items": {"$ref": "#/$defs/example"}},
        },
        "$defs": {
            "when": {"anyOf": [condition, *groups]},
            "action": {"anyOf": [{"const": "stop"}, *(_action(kind) for kind in ACTIONS.values())]},
            "rule": rule,
            "example": example,
        },
    }


def _action(kind: Kind) -> Schema:
    options = {option.name: _value(option.takes, option.low, option.high) for option in kind.options}
    value = _value(kind.takes, kind.low, kind.high)
    if kind.choices and not kind.names:
        value = {"enum": list(kind.choices)}
    return {
        "type": "object",
        "description": kind.description,
        "required": [kind.key],
        "additionalProperties": False,
        "properties": {kind.key: value, **options},
    }


def _value(takes: Takes, low: int, high: int) -> Schema:
    match takes:
        case Takes.DURATION:
            return _DURATION
        case Takes.LEVEL:
            return {"type": "integer", "minimum": low, "maximum": high}
        case Takes.NOTHING:
            return {"const": True}
        case _:
            return {"type": "string"}
