"""What an example expects: as sentences, and as the fields they are chosen by."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from router.rulemaking.examples import Filled, is_nothing, nothing
from router.rulemaking.offers import Offers
from router.rulemaking.pieces import split
from router.rulemaking.sheet import Plain
from router.web.rules.drawing import Field, joined
from router.web.rules.fields import Form
from router.web.words import listed, mark, span
from router.web.words import look_up as _
from rules.actions import ACTIONS
from rules.examples import EXPECTED
from rules.values import Value

NOT = "not:"  # before a key in a form: it must not come out
MOST = 40  # things one example expects
SAYS = {  # key: what comes out, and that it does not
    "queue": (mark("goes to the queue {value}"), mark("no rule names a queue")),
    "answer_within": (mark("is answered within {value}"), mark("no rule promises an answer")),
    "resolve_within": (mark("is resolved within {value}"), mark("no rule promises a solution")),
    "needs": (mark("needs {value}"), mark("needs no skill")),
    "step_down": (mark("its needs are dropped after {value}"), mark("no rule says when needs are dropped")),
    "prefer": (mark("prefers {value}"), mark("prefers nobody")),
    "tags": (mark("is tagged {value}"), mark("gets no tag")),
    "untag": (mark("loses the tag {value}"), mark("loses no tag")),
    "heat_at_least": (mark("counts as heat {value} at least"), mark("its heat is not raised")),
    "head_start": (mark("has a head start of {value}"), mark("has no head start")),
    "language": (mark("counts as written in {value}"), mark("its language stays as read")),
    "notes": (mark("shows the note {value}"), mark("shows no note")),
    "close_as": (mark("is closed as {value}"), mark("is not closed")),
    "acknowledge": (mark("is acknowledged with {value}"), mark("is not acknowledged")),
    "notify": (mark("tells {value}"), mark("tells nobody")),
    "escalate": (mark("escalates to {value}"), mark("does not escalate")),
    "hand_to": (mark("is handed to {value}"), mark("is handed to nobody")),
    "hand_on": (mark("goes back to its queue"), mark("does not go back to its queue")),
    "bring_back": (mark("comes back from rest"), mark("does not come back from rest")),
    "resolve": (mark("is resolved"), mark("is not resolved")),
    "remind": (mark("reminds after {value}"), mark("does not remind")),
    "webhook": (mark("sends word to {value}"), mark("sends word to nobody")),
    "stopped_by": (mark("{value} stops: later rules are not read"), mark("no rule stops")),
    "rules": (mark("exactly these rules act: {value}"), mark("no rule acts")),
}
_NAMES = {"queue": "queue", "language": "language", "acknowledge": "acknowledge", "hand_to": "hand_to",
          "close_as": "close_as", "notify": "notify", "escalate": "escalate", "webhook": "webhook",
          "prefer": "prefer"}  # fmt: skip


def sentence(key: str, value: Value | Plain) -> str:
    """Return what comes out, or that it does not, as a sentence says it."""
    if key not in SAYS:
        return key
    does, does_not = SAYS[key]
    if is_nothing(value):
        return _(does_not)
    return _(does) if value is True else _(does, value=_spoken(value))


def choices() -> list[tuple[str, str]]:
    """Return all that can be expected, as a list offers it."""
    found = [(key, _(does, value="…") if EXPECTED[key] != "yes" else _(does)) for key, (does, _not) in SAYS.items()]
    return found + [(NOT + key, _(does_not)) for key, (_does, does_not) in SAYS.items()]


def kind_of(key: str, value: Plain) -> str:
    """Return what a list has chosen for something that is expected."""
    return NOT + key if is_nothing(value) else key


def field(place: int, key: str, value: Plain, offers: Offers, rules: Sequence[str]) -> Field:
    """Return what is expected as a field to fill in."""
    name, form = f"e.{place}-value", EXPECTED.get(key, "text")
    if form == "yes" or kind_of(key, value).startswith(NOT):
        return Field(name, "none")
    if form == "needs":
        said = (
            ", ".join(f"{skill} {level}" for skill, level in value.items()) if isinstance(value, dict) else _text(value)
        )
        return Field(name, "line", (said,), label=_("billing 2, returns 1"))
    known = _known(key, offers, rules)
    if form in ("some", "exact"):
        values = tuple(map(str, value)) if isinstance(value, list) else ()
        beside = joined([one for one in values if one not in dict(known)])
        return Field(name, "many", values, known, beside, is_open=not known)
    if form == "level":
        return Field(name, "choose", (_text(value),), tuple((str(n), str(n)) for n in range(1, 4)), is_open=False)
    if known:
        return Field(name, "choose", (_text(value),), known, is_open=False)
    return Field(name, "line", (_text(value),), label="10m" if form == "duration" else "")


def given(form: Form) -> Filled:
    """Return an example as it was filled in."""
    expect: list[tuple[str, Plain]] = []
    for place in range(MOST):
        name = f"e.{place}"
        kind = form.get(f"{name}-kind", "")
        key = kind.removeprefix(NOT)
        if key not in EXPECTED:
            continue
        same = form.get(f"{name}-was", kind) == kind
        values = [*form.getlist(f"{name}-value"), *split(form.get(f"{name}-more", ""))] if same else []
        expect.append((key, nothing(key) if kind.startswith(NOT) else _value(key, values)))
    texts = {one: form.get(one, "").replace("\r\n", "\n") for one in ("name", "text", "lines")}
    return Filled(texts["name"], texts["text"], texts["lines"], tuple(expect))


def _value(key: str, values: Sequence[str]) -> Plain:
    words = [word.strip() for word in values if word.strip()]
    if not words and EXPECTED[key] != "yes":
        return ""  # still to be filled in: not the same as nothing
    match EXPECTED[key]:
        case "yes":
            return True
        case "needs":
            return dict(map(_need, split(",".join(words))))
        case "some" | "exact":
            return list[Plain](dict.fromkeys(words))
        case "level":
            return int(words[0]) if words[0].isascii() and words[0].isdigit() else words[0]
    return words[0]


def _need(word: str) -> tuple[str, Plain]:
    skill, _sep, level = word.rpartition(" ")
    if not skill:
        return word, 1
    return skill.strip(), int(level) if level.isascii() and level.isdigit() and len(level) < 4 else level


def _known(key: str, offers: Offers, rules: Sequence[str]) -> tuple[tuple[str, str], ...]:
    names: Sequence[str] = rules if key in ("rules", "stopped_by") else ()
    if key in _NAMES:
        names = offers.names(ACTIONS[key])
    return tuple((one, one.replace("_", " ") if key not in ("rules", "stopped_by") else one) for one in names)


def _text(value: Plain) -> str:
    return "" if value is None else str(value)


def _spoken(value: Value | Plain) -> str:
    if isinstance(value, timedelta):
        return span(value)
    if isinstance(value, Mapping):
        return listed([f"{skill} {level}" for skill, level in value.items()])
    if isinstance(value, list | tuple):
        return listed([" ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in value])
    return str(value).replace("_", " ") if value == "last_agent" else str(value)
