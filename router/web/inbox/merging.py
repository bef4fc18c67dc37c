"""Merging by hand: tickets that are one conversation, customers who are one person, and taking either back."""

from flask import Blueprint, Flask, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from router import inbox, merging
from router.desk import Refused
from router.merging import REASONS, Undone
from router.web.audience import audience
from router.web.inbox.forms import by_script, text
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import plural, sentence

bp = Blueprint("merging", __name__)

WHY = {  # reason -> as the form says it
    "same_address": "the same address on two channels",
    "same_phone": "the same phone number",
    "signed_id": "the same customer number, signed by one of your systems",
    "said_so": "they said so themselves",
    "agent": "I know them",
}
SUGGESTED = {
    "same_address": "The same address",
    "same_phone": "The same phone number",
    "same_name": "The same name: weak, look twice",
}
KEPT = {  # key of what others changed, up to the colon -> in words
    "hands": "who has it, and how it stands",
    "mood": "the mood",
    "place": "the place in line",
    "lane": "the place in line",
    "answer": "the promise",
    "resolution": "the promise",
    "answer_by": "the promise",
    "tag": "tags",
    "need": "needs",
}


def register(app: Flask) -> None:
    """Let a customer's page ask who else they may be."""
    app.jinja_env.globals.update(
        merged_people=lambda contact_id: merging.inside(heed_of(), g.scope, contact_id),
        may_be_same=lambda contact_id: merging.may_be_same(heed_of(), g.scope, contact_id, now()),
        merge_reasons=WHY,
        suggested_because=SUGGESTED,
    )
    assert WHY.keys() == REASONS.keys()


@bp.get("/tickets/<ticket_id>/merge")
@audience("agent")
def ask(ticket_id: str) -> str | Response:
    """Ask which ticket this one belongs together with, and which of the two stays."""
    shown = merging.shown_in(heed_of(), g.scope, ticket_id)
    if shown != ticket_id:
        return redirect(url_for("merging.ask", ticket_id=shown), 302)
    typed = request.args.get("number", "").strip().lstrip("#")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    choices, found = merging.choices(heed_of(), g.scope, ticket_id, number)
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    missing = bool(typed) and (number is None or not found)
    return render_template("inbox/merge.html", view=view, choices=choices, typed=typed, missing=missing, at=now())


@bp.post("/tickets/<ticket_id>/merge")
@audience("agent")
def merge(ticket_id: str) -> Response:
    """Merge two tickets: the other one into this, unless the form says that the other stays."""
    other, different = request.form.get("other", ""), request.form.get("different") == "1"
    where = url_for("merging.ask", ticket_id=ticket_id)
    if not other:
        return _refused(_("Choose a ticket."), where, 422)
    source, into = (ticket_id, other) if request.form.get("stays") == "other" else (other, ticket_id)
    try:
        shown = merging.merge(heed_of(), g.scope, source, into, now(), different=different)
    except Refused as refused:
        return _refused(sentence(refused.reason), where, 409)
    return _shows(shown, _("Merged. Both are in this conversation now; you can take it back above."))


@bp.post("/tickets/<ticket_id>/unmerge")
@audience("agent")
def unmerge(ticket_id: str) -> Response:
    """Take a ticket out of the one it was merged into."""
    shown = merging.shown_in(heed_of(), g.scope, ticket_id)
    try:
        undone = merging.unmerge(heed_of(), g.scope, ticket_id, now())
    except Refused as refused:
        return _refused(sentence(refused.reason), url_for("inbox.ticket", ticket_id=shown), 409)
    return _shows(undone.ticket_id, what_stayed(undone))


@bp.post("/tickets/<ticket_id>/split")
@audience("agent")
def split(ticket_id: str) -> Response:
    """Start a ticket of its own from a message that does not belong here."""
    try:
        new = merging.split(heed_of(), g.scope, ticket_id, request.form.get("message", ""), now())
    except Refused as refused:
        return _refused(sentence(refused.reason), url_for("inbox.ticket", ticket_id=ticket_id), 409)
    return _shows(new, _("This message has a ticket of its own now. It waits in line."))


@bp.post("/contacts/<contact_id>/merge")
@audience("agent")
def merge_contact(contact_id: str) -> Response:
    """Let another contact be one person with this one; this one stands for both."""
    form = request.form
    try:
        other = form.get("other") or merging.named(heed_of(), g.scope, contact_id, form.get("who", ""))
        person = merging.merge_contacts(
            heed_of(), g.scope, other, contact_id, now(), reason=form.get("reason", ""), words=text("words", 200)
        )
    except Refused as refused:
        return _refused(sentence(refused.reason), url_for("finding.contact", contact_id=contact_id), 409)
    flash(_("They are one person now. You can take it back on this page."), "good")
    return redirect(url_for("finding.contact", contact_id=person), 303)


@bp.post("/contacts/<contact_id>/unmerge")
@audience("agent")
def unmerge_contact(contact_id: str) -> Response:
    """Take a contact apart from the one it was merged into."""
    apart = merging.unmerge_contact(heed_of(), g.scope, contact_id, now())
    flash(_("They are two people again: addresses, tickets and facts went back with each."), "good")
    if apart.kept:
        words = plural(apart.kept, "{n} address was given to somebody else since, and stays there.",
                       "{n} addresses were given to somebody else since, and stay there.")  # fmt: skip
        flash(words)
    return redirect(url_for("finding.contact", contact_id=contact_id), 303)


@bp.post("/contacts/<contact_id>/part")
@audience("agent")
def part(contact_id: str) -> Response:
    """Say that an address is not this person's."""
    new = merging.part(heed_of(), g.scope, contact_id, request.form.get("identity", ""), now())
    flash(_("This address is a customer of its own now, with the tickets it opened."), "good")
    return redirect(url_for("finding.contact", contact_id=new), 303)


@bp.post("/contacts/<contact_id>/merge-tickets")
@audience("agent")
def merge_tickets(contact_id: str) -> Response:
    """Merge several tickets of a customer into the one that stays."""
    chosen, into = request.form.getlist("ticket"), request.form.get("into", "")
    where = url_for("finding.contact", contact_id=contact_id)
    others = [one for one in dict.fromkeys(chosen) if one != into]
    if not into or not others:
        return _refused(_("Choose the ticket that stays, and at least one other."), where, 422)
    try:
        for one in others[:50]:
            into = merging.merge(heed_of(), g.scope, one, into, now())
    except Refused as refused:
        return _refused(sentence(refused.reason), where, 409)
    return _shows(into, _("Merged. All are in this conversation now; you can take it back above."))


def what_stayed(undone: Undone) -> str:
    """Return what taking a merge back left as it was, in words."""
    said = [_("Taken apart: both tickets stand as they did.")]
    if undone.stayed:
        said.append(plural(undone.stayed, "{n} message that came since stays in the other ticket.",
                           "{n} messages that came since stay in the other ticket."))  # fmt: skip
    kept = list(dict.fromkeys(_(KEPT.get(key.split(":")[0], "times")) for key in undone.kept))
    if kept:
        said.append(_("Changed by others since, and left so: {list}.", list=", ".join(kept)))
    return " ".join(said)


def _shows(ticket_id: str, words: str) -> Response:
    if by_script():
        return jsonify({"shows": ticket_id, "words": words})
    flash(words, "good")
    return redirect(url_for("inbox.ticket", ticket_id=ticket_id), 303)


def _refused(reason: str, where: str, status: int) -> Response:
    if by_script():
        response = jsonify({"detail": reason})
        response.status_code = status
        return response
    flash(reason)
    return redirect(where, 303)
