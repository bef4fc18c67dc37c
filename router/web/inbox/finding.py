"""The search page and what it finds while one types, saved views, the list of customers, one customer."""

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import equipping, finding, saved_views
from router.inbox import customer as customers
from router.mistakes import Mistake
from router.query import MAX_QUERY
from router.web.audience import audience
from router.web.inbox.frame import is_fragment
from router.web.security import heed_of, now, signed_in
from router.web.words import look_up as _
from router.web.words import zone_of

bp = Blueprint("finding", __name__)


@bp.get("/search")
@audience("agent")
def search() -> str:
    """Show what a line of words and filters finds; as a fragment, what is found alone."""
    view = saved_views.view(heed_of(), g.scope, request.args["view"]) if request.args.get("view") else None
    typed = request.args.get("q", view.query if view else "")[:MAX_QUERY]
    found = finding.find(
        heed_of(),
        g.scope,
        typed,
        now(),
        zone=zone_of(g.agent.zone),
        cursor=request.args.get("cursor"),
        within=saved_views.walls_of(view, now()) if view else None,
        thorough=request.args.get("all") == "1",
    )
    page = {"found": found, "typed": typed, "shown_view": view, "at": now()}
    if is_fragment():
        return render_template("inbox/_found.html", **page)
    return render_template("inbox/search.html", **page, **_sharing())


@bp.get("/views")
@audience("agent")
def views() -> str:
    """Show the saved views with how many tickets stand behind each; as a fragment, the menu's entries."""
    counts = saved_views.counts(heed_of(), g.scope, now(), zone_of(g.agent.zone))
    name = "inbox/_views.html" if is_fragment() else "inbox/views.html"
    return render_template(name, views=saved_views.views(heed_of(), g.scope), view_counts=counts, **_sharing())


@bp.post("/views")
@audience("agent")
def save() -> AnyResponse:
    """Keep the question that was asked under a name."""
    form = request.form
    try:
        view_id = saved_views.save(
            heed_of(),
            g.scope,
            signed_in().actor,
            form.get("name", ""),
            form.get("query", ""),
            now(),
            share_with=form.get("brand") or None,
        )
    except Mistake as mistake:
        return _back(str(mistake), url_for("finding.search", q=form.get("query", "")))
    return redirect(url_for("finding.search", view=view_id), 303)


@bp.post("/views/<view_id>")
@audience("agent")
def change(view_id: str) -> AnyResponse:
    """Rename, put in order, share or remove one's own view, as the button says."""
    form, heed, scope, actor = request.form, heed_of(), g.scope, signed_in().actor
    act = form.get("act", "change")
    try:
        if act == "remove":
            saved_views.remove(heed, scope, actor, view_id, now())
            flash(_("The view is removed. The tickets are as they were."))
        elif act in ("up", "down"):
            saved_views.move(heed, scope, view_id, -1 if act == "up" else 1)
        else:
            brand = form.get("brand") or None
            name, typed = form.get("name", ""), form.get("query", "")
            saved_views.change(heed, scope, actor, view_id, name, typed, now(), share_with=brand)
    except Mistake as mistake:
        return _back(str(mistake), url_for("finding.views"))
    return redirect(url_for("finding.views"), 303)


@bp.get("/contacts")
@audience("agent")
def contacts() -> str:
    """Show customers: all of them, or those of a name or address."""
    typed = request.args.get("q", "")[:MAX_QUERY]
    page = customers.list_customers(heed_of(), g.scope, typed, request.args.get("cursor"))
    return render_template("inbox/contacts.html", page=page, typed=typed, at=now())


@bp.get("/contacts/<contact_id>")
@audience("agent")
def contact(contact_id: str) -> str | AnyResponse:
    """Show a customer: tickets, addresses and facts with their source, and what was said on every channel."""
    found = customers.customer(heed_of(), g.scope, contact_id, now(), before=request.args.get("before"))
    if found.row.id != contact_id:
        return redirect(url_for("finding.contact", contact_id=found.row.id))
    return render_template("inbox/contact.html", contact=found.row, customer=found, at=now())


def register(app: Flask) -> None:
    """Give the templates the views that stand beside the lists."""
    app.jinja_env.globals["saved_view_menu"] = menu


def menu() -> list[saved_views.SavedView]:
    """Return the views that stand beside the lists of the inbox."""
    return saved_views.views(heed_of(), g.scope) if g.get("scope") else []


def _sharing() -> dict[str, object]:
    may = saved_views.may_share(g.scope)
    return {"may_share": may, "brands": equipping.brands(heed_of(), g.scope) if may else []}


def _back(said: str, where: str) -> AnyResponse:
    flash(said, "bad")
    return redirect(where, 303)
