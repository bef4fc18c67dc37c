"""What a rule can do: one table, read by the engine, the editor, the lint and the documentation.

The column `combine` says what happens when several matching rules do the same.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from rules.errors import Wrong, shown, suggestion
from rules.sentences import say
from rules.values import Value, duration, words

ROLES = ("agent", "supervisor", "ops", "admin")
REASONS = ("automatic", "bounce", "spam")  # what a rule may close a ticket as
LAST_AGENT = "last_agent"
SUPERVISOR = "supervisor"
NAMED = {"queues": "queue", "skills": "skill", "templates": "template", "agents": "agent",
          "languages": "language", "destinations": "destination"}  # fmt: skip


class Combine(StrEnum):
    """How two actions of one kind become one."""

    FIRST = "the first rule wins"
    SHORTEST = "the shortest wins"
    HIGHEST = "the highest wins"
    ADDS = "they add up"
    EACH_ONCE = "each is kept once"
    ANY = "one is enough"
    ENDS = "no later rule is read"


class Takes(StrEnum):
    """What stands behind an action's name."""

    NAME = "a name"
    TEXT = "a text"
    DURATION = "a duration"
    LEVEL = "a whole number"
    NOTHING = "true"


@dataclass(frozen=True, slots=True)
class Option:
    """A further key of an action."""

    name: str
    takes: Takes
    description: str
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of action."""

    key: str
    takes: Takes
    combine: Combine
    reads: str  # as a sentence says it
    description: str
    names: str = ""  # the field of Desk whose names the value must be one of
    choices: tuple[str, ...] = ()  # values allowed besides those names
    options: tuple[Option, ...] = ()
    low: int = 0  # of a whole number
    high: int = 0
    raises: bool = False  # moves a ticket forward in line
    closes: bool = False  # ends a ticket: never on what was inferred or a visitor can claim
    effect: bool = False  # has an effect outside, done after the commit


_V, _C = Takes, Combine

_TABLE = (
    Kind("queue", _V.NAME, _C.FIRST, "queue {value}", "Puts the ticket into a queue.", names="queues"),
    Kind("answer_within", _V.DURATION, _C.SHORTEST, "answer within {value}",
         "Promises an answer within so much working time. The queue's own holds if it is shorter.", raises=True),
    Kind("resolve_within", _V.DURATION, _C.SHORTEST, "resolve within {value}",
         "Promises a solution within so much working time."),
    Kind("need_skill", _V.NAME, _C.HIGHEST, "needs skill {value}",
         "Only an agent with the skill gets it. A topic should be a need only where the reading is sure of it; "
         "after the step-down time the need is dropped (a quarter of the promise unless said).",
         names="skills",
         options=(Option("level", _V.LEVEL, "The lowest level, 1 unless said.", 1, 5),
                  Option("step_down", _V.DURATION, "After so much working time the need is dropped."))),
    Kind("drop_needs", _V.DURATION, _C.SHORTEST, "drops its needs after {value}",
         "After so much working time every need but languages is dropped, so that more agents may take it."),
    Kind("language", _V.NAME, _C.FIRST, "counts as written in {value}",
         "Takes the ticket as written in a language, whatever was read: it goes to who speaks it.", names="languages"),
    Kind("prefer", _V.NAME, _C.EACH_ONCE, "prefers {value}",
         "The agent who served them last, or the skill that makes the better agent. Never required.",
         names="skills", choices=(LAST_AGENT,)),
    Kind("head_start", _V.DURATION, _C.ADDS, "counts as if it had waited {value} longer",
         "Moves the ticket forward in line, in all by no more than the hottest mood would.", raises=True),
    Kind("heat_at_least", _V.LEVEL, _C.HIGHEST, "counts as heat {value} at least",
         "Treats the ticket as no calmer than this, however politely it is written.", low=1, high=3, raises=True),
    Kind("tag", _V.TEXT, _C.EACH_ONCE, "tag “{value}”", "Adds a tag."),
    Kind("untag", _V.TEXT, _C.EACH_ONCE, "takes off the tag “{value}”",
         "Takes a tag off, once its conditions begin to hold; one that another rule adds at that moment stays."),
    Kind("priority_note", _V.TEXT, _C.EACH_ONCE, "note “{value}”", "Shows the agent a line above the conversation."),
    Kind("close_as", _V.NAME, _C.FIRST, "close as {value}",
         "Closes the ticket. Only on mail headers and on facts that are recorded or signed.",
         choices=REASONS, closes=True),
    Kind("resolve", _V.NOTHING, _C.ANY, "resolve",
         "Ends a ticket that is the customer's turn, as after a long silence; their next message reopens it. Only on "
         "facts that are recorded or signed.", closes=True, effect=True),
    Kind("escalate", _V.NAME, _C.EACH_ONCE, "escalate to {value}",
         "To a queue: the ticket goes there, also from whoever has it, with its promise and place. To a role: everyone "
         "of it is told. Both are kept in the ticket's history.", names="queues", choices=ROLES, effect=True),
    Kind("hand_to", _V.NAME, _C.FIRST, "hand to {value}",
         "Gives the ticket to one agent by name, or to the supervisor with most room, if they are here with a free "
         "slot; else it stays where it is and they are told.", names="agents", choices=(SUPERVISOR,), effect=True),
    Kind("hand_on", _V.NOTHING, _C.ANY, "back to its queue",
         "Takes an open ticket from its agent and puts it back in line with its promise and place; they are told.",
         effect=True),
    Kind("bring_back", _V.NOTHING, _C.ANY, "comes back",
         "Brings a ticket that rests, snoozed or the customer's turn, back to its agent or its queue.", effect=True),
    Kind("acknowledge", _V.NAME, _C.FIRST, "acknowledge with “{value}”",
         "Sends a template to the customer, once per ticket and occasion, and never to a machine.",
         names="templates", effect=True),
    Kind("no_acknowledgement", _V.NOTHING, _C.ANY, "no automatic answer",
         "Lets no rule acknowledge the message by itself."),
    Kind("notify", _V.NAME, _C.EACH_ONCE, "notify {value}", "Tells everyone of a role, or one agent by name.",
         names="agents", choices=ROLES, effect=True,
         options=(Option("note", _V.TEXT, "What to tell them."),)),
    Kind("remind", _V.DURATION, _C.SHORTEST, "remind after {value}",
         "Tells whoever has the ticket then, or else the supervisors, unless it is done or was answered meanwhile.",
         effect=True, options=(Option("note", _V.TEXT, "What to remind of."),)),
    Kind("webhook", _V.NAME, _C.EACH_ONCE, "send word to “{value}”",
         "Posts the ticket, without a word of the customer's, to a destination that an admin registered. Signed, and "
         "tried again until it is taken.", names="destinations", effect=True),
    Kind("stop", _V.NOTHING, _C.ENDS, "stop", "Reads no later rule for this ticket."),
)  # fmt: skip

ACTIONS = {kind.key: kind for kind in _TABLE}


def parse_value(kind: Kind, found: object, raw: str, known: frozenset[str] | None) -> Value:
    """Return the value of an action; `known` are the names it may use, None for any. Raises Wrong."""
    if kind.takes is not Takes.NAME:
        return parse_as(kind.takes, kind.key, found, raw, kind.low, kind.high)
    name = words(found, raw)
    if kind.names and known is None:
        return name
    allowed = (known or frozenset()) | frozenset(kind.choices)
    if name not in allowed:
        what = NAMED.get(kind.names, kind.key) if not kind.choices else kind.key
        raise Wrong(
            say("there is no {what} called “{name}”.", what=say(what), name=shown(name)), suggestion(name, allowed)
        )
    return name


def parse_as(takes: Takes, key: str, found: object, raw: str, low: int, high: int) -> Value:
    """Return one value of an action or option. Raises Wrong."""
    match takes:
        case Takes.DURATION:
            length = duration(raw)
            if length <= timedelta(0):
                raise Wrong(say("“{key}” is no time at all.", key=key), say("Write 90s, 10m, 4h, 2d or 1h30m."))
            return length
        case Takes.LEVEL:
            if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= high:
                raise Wrong(
                    say("“{key}” is “{raw}”.", key=key, raw=shown(raw)),
                    say("Write a whole number from {low} to {high}.", low=low, high=high),
                )
            return found
        case Takes.NOTHING:
            if found is not True:
                raise Wrong(
                    say("“{key}” takes no value, and “{raw}” was given.", key=key, raw=shown(raw)),
                    say("Write {key}: true.", key=key),
                )
            return True
        case _:
            return words(found, raw)
