"""One message in, one Reading out: pure, deterministic, one to two milliseconds."""

from collections.abc import Collection, Mapping, Sequence

from router.model import NOT_READ, Evidence, Reading
from router.triage import encoder, frustration, intents, language
from router.triage.calibration import AS_WRITTEN, Scale
from router.triage.courtesy import framed
from router.triage.cues import CUES, needs
from router.triage.faces import faces
from router.triage.features import pair_hashes
from router.triage.frustration import Score
from router.triage.intents import Choice, choose
from router.triage.language import Language, identify
from router.triage.matching import Hit
from router.triage.shouting import LIMIT, shouting
from router.triage.taught import Taught
from router.triage.taught import likely as taught_too
from router.triage.text import Words, align, read_words

VERSION = "1"
FALLBACK_MESSAGES = 3  # earlier messages that may tell the language of one too short to tell
MAX_EVIDENCE = 12  # spans; more would mark the whole message
EVIDENCE_FROM = 25.0  # shown frustration from which single words are marked
ANGRY_FROM = 50.0
TOPIC = 2  # words; a subject of so few names a topic, and tells how somebody feels only together with the message


def read(
    text: str,
    *,
    history: Sequence[str] = (),
    subject: str = "",
    channel: str = "email",
    pace: str = "email",
    languages: Collection[str] | None = None,
    stripped: str | None = None,
    scale: Scale | None = None,
    taught: Taught | None = None,
) -> Reading:
    """Return what one message says, and the words that show it.

    `text` is what people see; evidence is in characters of it. `stripped` is the part to score, without quotes and
    signature; the whole text if None. `history` holds the customer's earlier messages, oldest first: it helps with the
    language only, since writing more often must not raise the score. `subject` counts for a first message. `channel`
    and `pace` say where it was written. `languages` are the desk's, as BCP 47 tags; all that we know if None. `scale`
    is the desk's own, by pace and language; points are shown as the model gives them if None. `taught` is what the
    brand has taught: its intents then stand beside the packaged ones.
    """
    scored = text if stripped is None else stripped
    body = read_words(scored)
    words = body.words
    topic = read_words(subject if not history else "")
    head, inside = topic.words, framed(words)
    spoken = _language(words or head, history, languages)
    model = _model(spoken, body)
    asked, written = (*head, *words[inside]), [*topic.written(), *body.written()[inside]]
    likely = _likely(asked, written, model or spoken.tag, taught)
    if model is None or not (head or words or body.dropped):
        return _unread(spoken, choose(likely), text, scored, body)
    seen = faces(body.source)
    score = frustration.score(words, model, seen)
    calm = score.shown if words else 0.0
    if head:
        with_body = head if len(head) > TOPIC else (*head, *words)
        calm = max(calm, frustration.score(with_body, model).shown)
    wanted = choose(likely, angry=calm >= ANGRY_FROM)
    scale = scale or AS_WRITTEN
    calm = scale.shown(pace, spoken.tag, calm)
    calm_points = round(calm)
    loud = shouting(body, calm)
    hits = score.hits
    cues = (*dict.fromkeys(hit.cue for hit in hits), *seen, *(("shouting",) if loud >= 1 else ()))
    return Reading(
        language=spoken.tag,
        language_confidence=spoken.confidence,
        sentiment=round(sentiment(score), 3),
        frustration=min(100, calm_points + min(LIMIT, round(loud))),
        calm_frustration=calm_points,
        urgency=urgency(cues, calm),
        intent=wanted.best,
        intent_confidence=wanted.confidence,
        second_intent=wanted.second,
        kind=kind(cues, calm),
        cues=cues,
        evidence=(
            *_evidence(text, scored, body, hits, score.strongest if score.shown >= EVIDENCE_FROM else ()),
            *_faces_in(text, scored, seen),
        ),
        version=f"{VERSION}+{scale.mark}" if scale.knots else VERSION,
    )


def preload() -> None:
    """Load every model and warm TextBlob, so that the first message is as quick as the next; once per process."""
    language.preload()
    for line in ("Hello, where is my order? It has been a week.", "mera order abhi tak nahi aaya"):
        read(line)


def sentiment(score: Score) -> float:
    """Return −1 … 1: TextBlob's polarity, drawn down by frustration it does not see."""
    drawn = 0.5 * score.polarity + 0.5 * (0.25 - score.shown / 80)
    return max(-1.0, min(1.0, drawn if score.shown >= 20 else max(score.polarity, drawn)))


def urgency(cues: Sequence[str], calm: float) -> int:
    """Return 0 … 100 from what is said outright; a further cue adds a little, and so does anger."""
    said = sorted((CUES[cue].urgency for cue in cues), reverse=True)
    if "no_hurry" in cues and said and said[0] < 70:
        return 5
    most = said[0] if said else 0
    further = sum(1 for figure in said[1:] if figure)
    return min(100, round(most + 8 * further + calm / 10))


def kind(cues: Sequence[str], calm: float) -> str:
    """Return angry, confused, hesitant or worried, or nothing; anger outweighs the rest."""
    if calm >= ANGRY_FROM:
        return "angry"
    return next((cue for cue in ("worried", "confused", "hesitant") if cue in cues), "")


def _language(words: Sequence[str], history: Sequence[str], languages: Collection[str] | None) -> Language:
    """Return the language of the words, else of what the customer wrote before, at half the confidence."""
    found = identify(words, languages)
    if found.tag != language.UNKNOWN or found.foreign or not history:
        return found
    before = read_words(" ".join(history[-FALLBACK_MESSAGES:])[:2_000]).words
    earlier = identify(before, languages)
    return Language(earlier.tag, earlier.confidence / 2) if earlier.tag != language.UNKNOWN else found


def _model(spoken: Language, body: Words) -> str | None:
    """Return the language whose model scores this, or None if none with a measured figure does."""
    if spoken.tag in frustration.MODELS:
        return spoken.tag
    short = spoken.tag == language.UNKNOWN and not spoken.foreign and "".join(body.words).isascii()
    return "en" if short else None  # “hi”, “ok”, “?!”: too short to tell, not a language we cannot read


def _likely(asked: Sequence[str], written: Sequence[str], tag: str, taught: Taught | None) -> Mapping[str, float]:
    """Return what calm words may ask for. In a language that no packaged model knows, only what was taught counts."""
    if not asked:
        return {}
    vector = intents.vectors([written])[0]
    carried = vector if tag in encoder.LANGUAGES else None
    packaged: Mapping[str, float] = {}
    if carried is not None or tag in intents.LANGUAGES:
        packaged = intents.likely(asked, pair_hashes(asked), carried)
    return taught_too(taught, packaged, asked, vector)


def _unread(spoken: Language, wanted: Choice, text: str, scored: str, body: Words) -> Reading:
    """Return a reading without mood; need that is said outright, and what is asked for, are heard all the same."""
    hits = needs(body.words)
    cues = tuple(dict.fromkeys(hit.cue for hit in hits))
    return Reading(
        language=spoken.tag,
        language_confidence=spoken.confidence,
        sentiment=NOT_READ.sentiment,
        frustration=0,
        calm_frustration=0,
        urgency=urgency(cues, 0),
        intent=wanted.best,
        intent_confidence=wanted.confidence,
        second_intent=wanted.second,
        cues=cues,
        evidence=_evidence(text, scored, body, hits),
        read=False,
        version=VERSION,
    )


def _evidence(
    text: str, scored: str, body: Words, hits: Sequence[Hit], strongest: Sequence[int] = ()
) -> tuple[Evidence, ...]:
    """Return the spans of the cues, and of the strongest words where no cue covers them."""
    if not hits and not strongest:
        return ()
    covered = {place for hit in hits for place in range(hit.start, hit.end)}
    marks = [*hits, *(Hit("words", place, place + 1) for place in strongest if place not in covered)]
    spans = _spans_in(text, scored, body)
    found = []
    for mark in marks[:MAX_EVIDENCE]:
        inside = [span for span in spans[mark.start : mark.end] if span is not None]
        if inside and inside[0][0] < inside[-1][1]:
            found.append(Evidence(inside[0][0], inside[-1][1], mark.cue))
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.cue)))


def _faces_in(text: str, scored: str, seen: Mapping[str, tuple[int, int]]) -> tuple[Evidence, ...]:
    """Return where the faces of the scored text stand in the text that people see, if it is in there in one piece."""
    at = text.find(scored) if seen else -1
    return tuple(Evidence(start + at, end + at, cue) for cue, (start, end) in seen.items()) if at >= 0 else ()


def _spans_in(text: str, scored: str, body: Words) -> Sequence[tuple[int, int] | None]:
    """Return where each scored word stands in the text that people see; None where it is not in there."""
    spans = body.spans()
    at = 0 if scored is text else text.find(scored)
    if at >= 0:
        return [(start + at, end + at) for start, end in spans]
    whole = read_words(text)
    shown = whole.spans()
    return [None if place is None else shown[place] for place in align(body.words, whole.words)]
