"""The customer's word on how it was: the page their link opens, and the same question on the chat page.

Asking for the page stores nothing, since mail programs follow links by themselves. Whoever has the link may answer; it
names no ticket and shows nothing of one. An unknown link and one that is over read the same.
"""

from flask import Blueprint, Flask, Response, current_app, g, jsonify, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from router import surveying
from router.mistakes import Mistake
from router.survey_texts import SCORES
from router.surveying import Survey
from router.web import limits, words
from router.web.audience import audience
from router.web.chat.known import chat_of, from_our_page, visitor_of
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import mark

LOOKS = "60 per 10 minutes"  # of one address
ANSWERS = "20 per 10 minutes"
WORDS = {
    5: mark("Very satisfied"),
    4: mark("Satisfied"),
    3: mark("Neither"),
    2: mark("Dissatisfied"),
    1: mark("Very dissatisfied"),
}

bp = Blueprint("feedback", __name__)


def register(app: Flask) -> None:
    """Add the page, and what a ticket's own page shows of the answer."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(said_of_ticket=said_of_ticket, score_words=WORDS)


def said_of_ticket(ticket_id: str) -> list[Survey]:
    """Return what was asked on a ticket and what the customer said, for whoever looks at it."""
    return surveying.of_ticket(heed_of(), g.scope, ticket_id)


@bp.get("/feedback/<token>")
@audience("visitor")
def form(token: str) -> AnyResponse:
    """Show the form, with the score of the link chosen; nothing is stored."""
    limits.by_address(LOOKS, "feedback look")
    found = surveying.question(heed_of(), token, now())
    score = _score(request.args.get("score")) or (found.score if found else None)
    return _page(found, score=score, comment=(found.comment or "") if found else "")


@bp.post("/feedback/<token>")
@audience("visitor")
def answer(token: str) -> AnyResponse:
    """Take the answer, or another one instead of it."""
    limits.by_address(ANSWERS, "feedback answer")
    found = surveying.question(heed_of(), token, now())
    score, comment = _score(request.form.get("score")), request.form.get("comment", "")
    if found is None:
        return _page(None)
    words.read_in(found.language)
    if score is None:
        return _page(found, comment=comment, wrong=_("Choose a number from 1 to 5."))
    try:
        taken = surveying.answer(heed_of(), token, score, comment, now())
    except Mistake as mistake:
        return _page(found, score=score, comment=comment, wrong=words.sentence(mistake.reason))
    return _page(found if taken else None, score=score, comment=comment.strip(), thanks=True)


@bp.post("/chat/<key>/rating")
@audience("visitor")
def rate_chat(key: str) -> AnyResponse:
    """Take a visitor's answer on their own chat."""
    row = chat_of(key)
    from_our_page(row)
    visitor = visitor_of(row)
    limits.limit(ANSWERS, "feedback chat", row.id, visitor)
    said = request.get_json(silent=True)
    said = said if isinstance(said, dict) else {}
    score, comment = _score(str(said.get("score"))), said.get("comment")
    if score is None or not isinstance(comment, str | None):
        raise Mistake("Choose a number from 1 to 5.")
    if not surveying.answer_on_chat(heed_of(), row.id, visitor, score, comment or "", now()):
        raise Mistake("Nothing is asked here any more.")
    return jsonify({"stored": True})


def _page(
    found: Survey | None, *, score: int | None = None, comment: str = "", wrong: str = "", thanks: bool = False
) -> AnyResponse:
    if found is not None:
        words.read_in(found.language)
    page = render_template(
        "feedback/page.html",
        question=found,
        score=score,
        comment=comment,
        wrong=wrong,
        thanks=thanks and not wrong,
        scores=[(one, _(WORDS[one])) for one in SCORES],
        most=surveying.MAX_COMMENT,
    )
    answer = current_app.response_class(page, 410 if found is None else 422 if wrong else 200)
    return _unlisted(answer)


def _unlisted(answer: Response) -> Response:
    """Keep the address, which is a secret, out of search engines and of what browsers tell other sites."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _score(given: str | None) -> int | None:
    return int(given) if given in ("1", "2", "3", "4", "5") else None
