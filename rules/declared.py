"""Reads the facts a brand declares about its contacts."""

import re

from rules.errors import Wrong, shown, suggestion
from rules.facts import CUSTOM, CUSTOM_TRUSTS, FACTS, Fact
from rules.sentences import say
from rules.source import Items, Keys, Scalar, Tree
from rules.values import Type, words

_CUSTOM_NAME = re.compile(r"contact\.[a-z][a-z0-9_]{0,59}")
CUSTOM_TYPES = (
    Type.TEXT, Type.ONE_OF, Type.NUMBER, Type.PERCENT, Type.BOOLEAN, Type.SET, Type.DURATION, Type.MOMENT
)  # fmt: skip
_CUSTOM_KEYS = ("type", "trust", "label", "description", "values")
MAX_CHOICES = 100  # values of one declared fact


def read_fact(name: str, tree: Tree) -> Fact:
    """Return a fact that a brand declares about its contacts. Raises Wrong."""
    if not _CUSTOM_NAME.fullmatch(name):
        raise Wrong(
            say("the name does not fit."),
            say("Write {custom} and small letters, digits or _, such as contact.seats.", custom=CUSTOM),
        )
    if name in FACTS:
        raise Wrong(say("Heed has a fact of this name."), say("Choose another."))
    if not isinstance(tree, Keys):
        raise Wrong(say("its type is missing."), say("Write {form}.", form="{type: number, trust: signed}"), tree.line)
    fields: dict[str, str] = {}
    for key, entry in tree.entries.items():
        if key not in _CUSTOM_KEYS:
            raise Wrong(
                say("“{key}” has no meaning here.", key=shown(key)), suggestion(key, _CUSTOM_KEYS), tree.lines[key]
            )
        if key == "values":
            continue
        if not isinstance(entry, Scalar):
            raise Wrong(say("“{key}” is not a text.", key=key), say("Write a single value."), entry.line)
        fields[key] = words(entry.raw, entry.raw)
    types = {kind.value: kind for kind in CUSTOM_TYPES}
    trusts = {trust.name.lower(): trust for trust in CUSTOM_TRUSTS}
    kind, trust = fields.get("type", ""), fields.get("trust", "")
    if kind not in types:
        raise Wrong(say("its type is “{kind}”.", kind=shown(kind)), suggestion(kind, types))
    if trust not in trusts:
        raise Wrong(say("its trust is “{trust}”.", trust=shown(trust)), suggestion(trust, trusts))
    plain = say("customer {what}", what=name.removeprefix(CUSTOM).replace("_", " "))
    label = fields.get("label", say("{what} is yes", what=plain) if types[kind] is Type.BOOLEAN else plain)
    choices = _choices(types[kind], tree.entries.get("values"))
    return Fact(name, label, types[kind], trusts[trust], fields.get("description", ""), choices=choices)


def _choices(kind: Type, tree: Tree | None) -> tuple[str, ...]:
    """Return all that a declared fact can be, empty if it can be anything of its type. Raises Wrong."""
    if kind is not Type.ONE_OF:
        if tree is not None:
            raise Wrong(say("values go with the type “one of” alone."), say("Leave them out."), tree.line)
        return ()
    items = tree.items if isinstance(tree, Items) else []
    if not items or len(items) > MAX_CHOICES or not all(isinstance(item, Scalar) for item in items):
        line = tree.line if tree else 0
        raise Wrong(
            say("its values are missing."),
            say("Write values: [one, another], at most {max_choices}.", max_choices=MAX_CHOICES),
            line,
        )
    return tuple(dict.fromkeys(words(item.raw, item.raw) for item in items if isinstance(item, Scalar)))
