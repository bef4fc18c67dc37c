"""The named cues: what people say when they are let down, leaving, waiting, in need, or content.

One table, read by the scorer, the inbox (labels) and the documentation alike. The phrases stand in data/phrases.txt, in
calm words (see text.py: small letters, no apostrophes, `#` for numbers) and in the notation of matching.py; those of
need in languages that are not read stand in data/needs.txt. `weight` is
what the cue adds to the raw score before training moves it; 0 marks cues that say something other than frustration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from router.triage.matching import Hit, Index, compile_phrases, find
from router.triage.text import word_set
from router.triage.weights import phrases


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing a customer may be saying."""

    key: str
    label: str  # for people
    kind: str
    weight: float  # on the raw score, which is about −4 calm … 4 furious
    urgency: int = 0  # 0 … 100, what it says about urgency alone
    phrases: tuple[str, ...] = ()


_PHRASES = phrases()


def _cue(key: str, label: str, kind: str, weight: float, urgency: int = 0) -> Cue:
    return Cue(key, label, kind, weight, urgency, _PHRASES.get(key, ()))


CUES: Mapping[str, Cue] = {
    cue.key: cue
    for cue in (
        # key, label, kind, weight, urgency
        _cue("anger", "Says they are angry or fed up", "frustration", 2.2),
        _cue("disappointment", "Says they are let down", "frustration", 1.8),
        _cue("mild", "Says it mildly", "frustration", -1.2),
        _cue("condemnation", "Harsh words about the service", "frustration", 1.8),
        _cue("disbelief", "Cannot believe it", "frustration", 1.4),
        _cue("sarcasm", "Praise that is meant as blame", "frustration", 1.6),
        _cue("blame", "Says it is our doing", "frustration", 1.2),
        _cue("escalation", "Wants a manager or a formal complaint", "frustration", 1.5),
        _cue("ultimatum", "Sets a last date or a condition", "frustration", 1.4),
        _cue("unfair_charge", "Says money was taken wrongly", "frustration", 1.0),
        _cue("not_solved", "Does not work, or did not help", "negation", 0.8),
        _cue("churn", "Says they are leaving", "churn", 2.0),
        _cue("cancels", "Wants to cancel or close", "churn", 0.1),
        _cue("legal", "Speaks of law or a regulator", "legal", 1.5),
        _cue("public", "Speaks of going public", "legal", 1.4),
        _cue("repeat_contact", "Had to ask more than once", "repeat_contact", 1.5),
        _cue("broken_promise", "A promise was not kept", "broken_promise", 1.5),
        _cue("no_answer", "Nobody answered", "waiting", 1.6),
        _cue("waiting", "Has waited long", "waiting", 1.2),
        _cue("abuse", "Insults", "abuse", 1.8),
        _cue("urgent", "Says it is urgent", "urgency", 0.2, 65),
        _cue("deadline", "Names a moment it is needed by", "urgency", 0.1, 55),
        _cue("blocked", "Cannot work, travel or get in", "urgency", 0.2, 60),
        _cue("vulnerability", "In need of special care", "vulnerability", 0.0, 75),
        _cue("danger", "Somebody may come to harm", "vulnerability", 0.0, 95),
        _cue("confused", "Does not understand", "confused", 0.0),
        _cue("hesitant", "Is not sure yet", "hesitant", 0.0),
        _cue("worried", "Is worried", "worried", 0.0),
        _cue("thanks", "Says thank you", "thanks", -0.6),
        _cue("praise", "Is content", "thanks", -1.6),
        _cue("apology", "Says sorry, or blames themselves", "thanks", -1.3),
        _cue("no_blame", "Says it is not about us, or not a complaint", "thanks", -2.0),
        _cue("no_hurry", "Has time", "thanks", -1.2),
        _cue("smile", "Shows a smile", "thanks", -1.5),
        _cue("frown", "Shows a frown", "frustration", 1.5),
        _cue("shouting", "Capitals, !!! or swear words (at most 10 points)", "shouting", 0.0),
        _cue("words", "Wording like that of frustrated customers", "words", 0.0),
    )
}

INDEX: Index = compile_phrases((cue.key, phrase) for cue in CUES.values() for phrase in cue.phrases)
NEEDS: Index = compile_phrases((key, phrase) for key, lines in phrases("needs.txt").items() for phrase in lines)

_NEGATIONS = word_set(
    "not never no isnt wasnt arent werent dont didnt doesnt hardly cant cannot wont nothing nahi nahin"
)
_NEGATION_REACH = 2  # words before a friendly cue in which a negation turns it round


def hits(words: Sequence[str]) -> list[Hit]:
    """Return the cues in calm words.

    Thanks and praise do not count behind a negation or where they are meant as blame, nor urgency inside “not urgent”.
    """
    return _standing(find(INDEX, words), words)


def mocking(found: Sequence[Hit]) -> set[int]:
    """Return the places of words whose praise is meant as blame: they are not heard as praise."""
    return {at for hit in found if hit.cue == "sarcasm" for at in range(hit.start, hit.end)}


def needs(words: Sequence[str]) -> list[Hit]:
    """Return what is said of urgency, need and danger in calm words of a language that is not read."""
    return [hit for hit in _standing(find(NEEDS, words), words) if CUES[hit.cue].urgency]


def _standing(found: Sequence[Hit], words: Sequence[str]) -> list[Hit]:
    turning = {"urgent": [hit for hit in found if hit.cue == "no_hurry"]}
    mocking = [hit for hit in found if hit.cue == "sarcasm"]
    return [hit for hit in found if not _is_turned_round(hit, words, turning.get(hit.cue, mocking))]


def _is_turned_round(hit: Hit, words: Sequence[str], by: Sequence[Hit]) -> bool:
    friendly = CUES[hit.cue].kind == "thanks" and hit.cue != "no_blame"
    if not friendly and hit.cue != "urgent":
        return False
    if any(other.start < hit.end and hit.start < other.end for other in by):
        return True
    return friendly and not _NEGATIONS.isdisjoint(words[max(0, hit.start - _NEGATION_REACH) : hit.start])
