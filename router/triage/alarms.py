"""How well the mood calls a conversation hot, and how long before the customer leaves: figures over conversations.

Conversations are written (JSON lines, each with the message at which a person would call it hot) or generated from the
messages of data/translated.tsv. Nothing here runs in the desk.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from random import Random
from statistics import fmean

from router.model import Reading
from router.triage.fairness import translated
from router.triage.moods import CUTS, HOT, mood
from router.triage.reading import read
from router.triage.tables import aligned

TITLE = (
    "The mood's alarm (heat 2 or 3) against a person's. Lead: messages before the customer left or took it further, "
    "0 where there was no alarm."
)
HEAD = ("", "conversations", "hot", "alarms", "precision", "recall", "early", "on time", "lead", "heat changes")
SAMPLE = '{"messages": ["Where is my order?", "…"], "hot_at": 2, "leaves_at": null, "pace": "chat"}'


@dataclass(frozen=True, slots=True)
class Conversation:
    """A customer's messages in order; moments are counted from 1."""

    messages: tuple[str, ...]
    hot_at: int | None  # the message at which a person calls it hot
    leaves_at: int | None  # the message in which the customer leaves or takes it further
    pace: str
    part: str  # what it is counted under
    silences_h: tuple[float | None, ...] = ()  # before each message, hours since our answer; None without one


@dataclass(frozen=True, slots=True)
class Alarms:
    """Figures over conversations; shares are 0 … 1, None where there is nothing to divide by."""

    conversations: int
    hot: int
    alarms: int
    precision: float | None  # of the alarms, those in conversations that a person calls hot
    recall: float | None  # of the hot conversations, those with an alarm
    early: float | None  # of the right alarms, those before a person's
    on_time: float | None  # of the hot conversations, those with an alarm no later than a person's
    lead: float | None  # mean messages
    changes: float  # of heat in a conversation


def conversation(line: str, number: int) -> Conversation:
    """Return the conversation on one line of JSON; raises ValueError saying what is wrong."""
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError(f"Line {number}: not JSON. Give one object a line, such as {SAMPLE}") from None
    messages = row.get("messages") if isinstance(row, dict) else None
    if not isinstance(messages, list) or not messages or not all(isinstance(one, str) for one in messages):
        raise ValueError(f"Line {number}: messages is not a list of texts. Give an object such as {SAMPLE}")
    moments = {}
    for name in ("hot_at", "leaves_at"):
        moment = row.get(name)
        if moment is not None and not (type(moment) is int and 1 <= moment <= len(messages)):
            raise ValueError(
                f"Line {number}: {name} is {moment!r}. Give a message's number, 1 … {len(messages)}, or null"
            )
        moments[name] = moment
    pace = row.get("pace", "email")
    if pace not in CUTS:
        raise ValueError(f"Line {number}: pace is {pace!r}. Give one of {', '.join(CUTS)}")
    silences = row.get("silences_h", [None] * len(messages))
    if not isinstance(silences, list) or len(silences) != len(messages) or not all(map(_is_silence, silences)):
        raise ValueError(
            f"Line {number}: silences_h is {silences!r}. Give for each message the hours since our answer, or null"
        )
    part = str(row.get("part", "all"))
    return Conversation(tuple(messages), moments["hot_at"], moments["leaves_at"], pace, part, tuple(silences))


def generated(count: int, seed: int) -> list[Conversation]:
    """Return conversations made of English messages that were never trained on; the same seed gives the same.

    A third stays calm, a third turns hot and leaves, a third turns hot and is calmed down.
    """
    chance = Random(seed)  # noqa: S311  (no secret: a sample that can be drawn again)
    calm = [row["en"] for kind, row in translated() if kind == "calm"]
    hot = [row["en"] for kind, row in translated() if kind == "hot"]
    made = []
    for index in range(count):
        before = chance.sample(calm, chance.randint(1, 4))
        if index % 3 == 0:
            made.append(Conversation(tuple(before), None, None, "chat", "generated"))
            continue
        angry = chance.sample(hot, chance.randint(2, 3))
        after = [] if index % 3 == 1 else chance.sample(calm, 2)
        leaves = None if after else len(before) + len(angry)
        made.append(Conversation((*before, *angry, *after), len(before) + 1, leaves, "chat", "generated"))
    return made


def measure(conversations: Iterable[Conversation], reader: Callable[[str], Reading] = read) -> dict[str, Alarms]:
    """Return the figures by the conversations' part."""
    parts: dict[str, list[tuple[Conversation, list[int]]]] = {}
    for one in conversations:
        silences = one.silences_h or (None,) * len(one.messages)
        readings = [
            replace(reader(text), silence_s=None if hours is None else int(hours * 3600))
            for text, hours in zip(one.messages, silences, strict=True)
        ]
        heats = [mood(readings[: end + 1], pace=one.pace).heat for end in range(len(readings))]
        parts.setdefault(one.part, []).append((one, list(heats)))
    return {part: _alarms(rows) for part, rows in parts.items()}


def table(found: Mapping[str, Alarms]) -> str:
    """Return the figures as a table for people."""
    rows = [(part, *asdict(alarms).values()) for part, alarms in found.items()]
    return aligned(TITLE, HEAD, rows)


def as_json(found: Mapping[str, Alarms]) -> str:
    """Return the figures as one JSON object."""
    return json.dumps({part: asdict(alarms) for part, alarms in found.items()})


def _is_silence(hours: object) -> bool:
    return hours is None or (isinstance(hours, int | float) and type(hours) is not bool and hours >= 0)


def _alarms(rows: Sequence[tuple[Conversation, list[int]]]) -> Alarms:
    first = [next((place for place, heat in enumerate(heats, 1) if heat >= HOT), None) for _, heats in rows]
    called = [(one, alarm) for (one, _), alarm in zip(rows, first, strict=True)]
    hot = [(one.hot_at, alarm) for one, alarm in called if one.hot_at is not None]
    right = [(hot_at, alarm) for hot_at, alarm in hot if alarm is not None]
    leads = [one.leaves_at - alarm if alarm else 0 for one, alarm in called if one.leaves_at is not None]
    every = sum(alarm is not None for alarm in first)
    changes = [sum(a != b for a, b in zip([0, *heats], heats, strict=False)) for _, heats in rows]
    return Alarms(
        conversations=len(rows),
        hot=len(hot),
        alarms=every,
        precision=len(right) / every if every else None,
        recall=len(right) / len(hot) if hot else None,
        early=fmean(alarm < hot_at for hot_at, alarm in right) if right else None,
        on_time=sum(alarm <= hot_at for hot_at, alarm in right) / len(hot) if hot else None,
        lead=fmean(leads) if leads else None,
        changes=fmean(changes),
    )
