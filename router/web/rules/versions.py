"""What goes live and what was: look over the draft and publish it, the history with roll back, and rules as a file."""

from itertools import zip_longest

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import publishing, rulebook_versions
from router.mistakes import Mistake
from router.rulemaking import drafting
from router.rulemaking.book import book
from router.rulemaking.differences import differences
from router.rulemaking.drafting import Behind
from router.rulemaking.sheet import parse
from router.rulemaking.waiting import moves
from router.web.audience import audience
from router.web.rules.changing import revision
from router.web.rules.pages import brand
from router.web.security import heed_of, now, signed_in
from router.web.words import look_up as _
from router.web.words import mark
from rules.errors import RuleErrors

bp = Blueprint("rules_versions", __name__, url_prefix="/rules")

MAX_FILE = 500_000  # characters
SHOWN = 30  # versions
WHAT = {  # of a difference
    "added": mark("added"),
    "removed": mark("removed"),
    "changed": mark("changed"),
    "moved": mark("moved"),
    "example added": mark("example added"),
    "example changed": mark("example changed"),
    "example removed": mark("example removed"),
    "fact": mark("declared fact changed"),
}


@bp.get("/publish")
@audience("ops")
def review() -> str:
    """Show what the draft changes, what stands in the way, and what would move."""
    return _review()


@bp.post("/publish")
@audience("ops")
def publish() -> tuple[str, int] | AnyResponse:
    """Make the draft live."""
    heed, brand_id, comment = heed_of(), brand(), request.form.get("comment", "")
    source = drafting.current(heed, brand_id).source
    try:
        number, _found = publishing.publish(
            heed, signed_in().actor, g.scope, brand_id, source, comment, now(), revision=revision()
        )
    except Mistake as mistake:
        return _review(wrong=mistake.reason, comment=comment), 422
    flash(_("Version {n} is live.", n=number), "good")
    return redirect(url_for("rules.show", brand=brand_id), 303)


@bp.get("/history")
@audience("agent")
def history() -> str:
    """Show the published versions, each with what it changed."""
    heed, brand_id = heed_of(), brand()
    if not brand_id:
        abort(404)
    versions = rulebook_versions.versions(heed, brand_id)[: SHOWN + 1]
    sheets = {one.number: parse(rulebook_versions.source(heed, brand_id, one.number)) for one in versions}
    pairs = zip_longest(versions, versions[1:])
    told = [
        (one, differences(sheets[before.number], sheets[one.number]) if before else [])
        for one, before in pairs
        if before or len(versions) <= SHOWN
    ]
    return render_template(
        "rules/history.html",
        brand_id=brand_id,
        versions=told,
        may=drafting.may_edit(g.scope, brand_id),
        what=WHAT,
        at=now(),
    )


@bp.post("/rollback")
@audience("ops")
def rollback() -> AnyResponse:
    """Make an earlier version live again."""
    heed, brand_id, number = heed_of(), brand(), request.form.get("number", "")
    given = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
    live, found = publishing.rollback(heed, signed_in().actor, g.scope, brand_id, given, now())
    flash(_("Version {n} is live; it is version {old} again.", n=live, old=given), "good")
    if found.refusals:
        flash(_("The check says of it today: {why}", why=" ".join(found.refusals)))
    return redirect(url_for("rules_versions.history", brand=brand_id), 303)


@bp.get("/file")
@audience("ops")
def file() -> str:
    """Show the draft as a file, to change as text."""
    return _file()


@bp.post("/file")
@audience("ops")
def put_file() -> tuple[str, int] | AnyResponse:
    """Put a file in place of the draft."""
    upload = request.files.get("file")
    written = request.form.get("yaml", "").replace("\r\n", "\n")
    try:
        if upload is not None and upload.filename:
            written = upload.read(MAX_FILE * 4 + 1).decode("utf-8-sig")
        if len(written) > MAX_FILE:
            raise Mistake(f"The file is too long: at most {MAX_FILE:,} characters are read here.")
        drafting.replace(heed_of(), signed_in().actor, g.scope, brand(), revision(), written, now())
    except UnicodeDecodeError:
        return _file(wrong=_("The file is no UTF-8 text: save it as UTF-8."), yaml=written), 422
    except RuleErrors as errors:
        return _file(errors=[str(one) for one in errors.errors], yaml=written), 422
    except Mistake as mistake:
        return _file(wrong=mistake.reason, yaml=written), 422
    except Behind:
        said = _(
            "Somebody else changed the draft meanwhile. Your text is below: save it again to put it in place of theirs."
        )
        return _file(wrong=said, yaml=written), 409
    flash(_("The file is the draft now. Nothing is live before you publish."), "good")
    return redirect(url_for("rules.show", brand=brand()), 303)


@bp.get("/rules.yaml")
@audience("ops")
def download() -> Response:
    """Save the draft, or a published version, as a file."""
    heed, brand_id, asked = heed_of(), brand(), request.args.get("version", "")
    if asked:
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0
        source = rulebook_versions.source(heed, brand_id, number)
        name = f"rules-{number}.yaml"
    else:
        source, name = drafting.current(heed, brand_id).source, "rules.yaml"
    return Response(
        source, content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _review(*, wrong: str = "", comment: str = "") -> str:
    heed, brand_id = heed_of(), brand()
    found = book(heed, g.scope, brand_id, now())
    draft = found.draft
    return render_template(
        "rules/publish.html",
        book=found,
        differences=differences(parse(draft.live_source), found.sheet),
        moves=moves(heed, g.scope, brand_id, draft.live_source, draft.source, now())
        if draft.changed and not found.count("error") else None,
        wrong=wrong,
        comment=comment,
        most=publishing.MAX_COMMENT,
        what=WHAT,
        open=None,
    )  # fmt: skip


def _file(*, wrong: str = "", errors: list[str] | None = None, yaml: str = "") -> str:
    heed, brand_id = heed_of(), brand()
    draft = drafting.current(heed, brand_id)
    return render_template(
        "rules/file.html", draft=draft, brand_id=brand_id, yaml=yaml or draft.source, wrong=wrong, errors=errors or []
    )
