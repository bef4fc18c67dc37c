"""Reports: a supervisor's over the desk, and each agent's over their own work alone."""

from flask import Blueprint, Flask, Response, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import reports
from router.mistakes import Mistake
from router.model import Role
from router.web.audience import audience
from router.web.reports import drawing, wording
from router.web.reports.asked import Chosen, chosen
from router.web.reports.lately import Lately
from router.web.security import heed_of, now
from router.web.words import look_up as _

bp = Blueprint("reports", __name__, url_prefix="/reports")


def register(app: Flask) -> None:
    """Add these pages."""
    app.extensions["heed.reports"] = Lately()
    app.register_blueprint(bp)


@bp.get("")
@audience("agent")
def show() -> AnyResponse | tuple[str, int] | str:
    """Show the desk's report to supervisors; agents are led to their own."""
    if g.agent.role.rank < Role.SUPERVISOR.rank:
        return redirect(url_for("reports.mine"), 303)
    wish = chosen(g.agent.zone, now())
    found = _report(wish)
    page = render_template(
        "reports/index.html",
        report=found,
        chosen=wish,
        groups=wording.named(found, now(), g.agent.zone),
        cards=wording.cards(found.total, found.before),
        sections=drawing.sections(found, now(), g.agent.zone),
        splits=wording.splits(many_brands=len(found.brands) > 1),
        channels=wording.channels(found),
        period=wording.period_words(found.wish.period),
        before=wording.period_words(found.wish.period.before()),
    )
    return (page, 422) if wish.wrong else page


@bp.get("/file.csv")
@audience("supervisor")
def file() -> Response:
    """Hand out exactly what the page shows, as CSV."""
    wish = chosen(g.agent.zone, now())
    if wish.wrong:
        raise Mistake(wish.wrong)
    text, name = reports.as_file(_report(wish))
    answer = Response("\ufeff" + text, mimetype="text/csv")  # the mark lets spreadsheets read it as UTF-8
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/mine")
@audience("agent")
def mine() -> tuple[str, int] | str:
    """Show an agent what only they see: their own waits, answers, and the customers' word."""
    wish = chosen(g.agent.zone, now())
    own = reports.mine(heed_of(), g.scope, wish.wish.period)
    page = render_template(
        "reports/mine.html",
        chosen=wish,
        rows=wording.rows(own.figures, own.before),
        period=wording.period_words(own.period),
        before=wording.period_words(own.period.before()),
        supervises=g.agent.role.rank >= Role.SUPERVISOR.rank,
        title=_("My figures"),
    )
    return (page, 422) if wish.wrong else page


def _report(wish: Chosen) -> reports.Report:
    heed, scope = heed_of(), g.scope
    return Lately.of().get(
        (scope.brands, scope.everything, wish.key), now(), lambda: reports.report(heed, scope, wish.wish)
    )
