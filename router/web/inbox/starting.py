"""Writing first: a new ticket to a customer, and asking a third party about one."""

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from router import desk, equipping, inbox, saved_answers
from router.desk import Refused, forwarding
from router.inbox import suggesting
from router.web.audience import audience
from router.web.inbox import forms
from router.web.security import heed_of, now
from router.web.words import look_up as _
from router.web.words import sentence

SHOWN = 30  # of the text of a message that may go along, in words

bp = Blueprint("starting", __name__)


@bp.url_value_preprocessor
def _take_files(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Let the form that carries files be larger, before anything reads the body."""
    if endpoint == "starting.start":
        request.max_content_length = forms.MAX_UPLOAD


@bp.get("/tickets/new")
@audience("agent")
def form() -> str:
    """Ask whom to write to, and what; a customer or address may be named already."""
    given = {name: request.args.get(name, "")[:300] for name in ("to", "subject", "connection")}
    if request.args.get("follows"):
        given |= _following(request.args["follows"])
    contact_id = request.args.get("contact", "")
    if contact_id:
        known = inbox.contact(heed_of(), g.scope, contact_id, now())
        mails = [one.address for one in known.identities if one.channel == "email"]
        given["to"] = mails[0] if mails else ""
        given["brand"] = known.brand_id
        given["without"] = "" if mails else known.name or _("This customer")
    return _page(given)


@bp.post("/tickets/new")
@audience("agent")
def start() -> AnyResponse | tuple[str, int]:
    """Write to a customer first."""
    names = ("to", "cc", "subject", "text", "connection", "keep_open", "key", "follows")
    given = {name: forms.text(name) for name in names}
    if request.form.get("answer"):
        answer = request.form["answer"]
        words = suggesting.answer_for(heed_of(), g.scope, given["connection"], given["to"], answer)
        return _page({**given, "text": "\n\n".join(part for part in (given["text"].rstrip(), words) if part)}), 200
    try:
        ticket_id = desk.start(
            heed_of(),
            g.scope,
            now(),
            connection_id=given["connection"],
            to=forms.addresses("to"),
            cc=forms.addresses("cc"),
            subject=given["subject"].strip(),
            text=given["text"],
            key=given["key"][:64],
            attachments=forms.uploads(),
            keep_open=given["keep_open"] == "1",
            follows=given["follows"] or None,
        )
    except Refused as refused:
        return _refused(refused.reason) or (_page(given, refused.reason), 409)
    return _done(url_for("inbox.ticket", ticket_id=ticket_id), ticket_id)


@bp.get("/tickets/new/customers")
@audience("agent")
def customers() -> Response:
    """Return customers whose address or name begins like what is typed."""
    found = suggesting.customers(
        heed_of(), g.scope, request.args.get("connection", ""), request.args.get("q", "").strip()[:100]
    )
    return jsonify([{"address": address, "name": name} for address, name in found])


@bp.get("/tickets/<ticket_id>/forward")
@audience("agent")
def ask(ticket_id: str) -> str:
    """Ask whom to forward to, with which messages and files."""
    return _forward(ticket_id)


@bp.post("/tickets/<ticket_id>/forward")
@audience("agent")
def forward(ticket_id: str) -> AnyResponse | tuple[str, int]:
    """Ask a third party about a ticket; their answer comes back without reaching the customer."""
    what = request.form.get("what", "last")
    messages = files = None
    try:
        if what == "all":
            letters, _by = forwarding.may_be_forwarded(heed_of(), g.scope, ticket_id)
            messages = [letter.id for letter in letters]
        elif what == "some":
            messages, files = request.form.getlist("message"), request.form.getlist("file")
        desk.forward(
            heed_of(),
            g.scope,
            ticket_id,
            forms.addresses("to"),
            forms.text("text"),
            now(),
            key=request.form.get("key", "")[:64],
            cc=forms.addresses("cc"),
            messages=messages,
            files=files,
        )
    except Refused as refused:
        return _refused(refused.reason) or (_forward(ticket_id, refused.reason), 409)
    return _done(url_for("inbox.ticket", ticket_id=ticket_id), ticket_id)


def _page(given: dict[str, str], reason: str = "") -> str:
    heed = heed_of()
    brands = {brand.id: brand for brand in equipping.brands(heed, g.scope)}
    rows = [one for one in inbox.connections(heed, g.scope) if one.active and one.channel == "email"]
    if given.get("brand"):
        rows = [one for one in rows if one.brand_id == given["brand"]]
    chosen = next((one for one in rows if one.id == given.get("connection")), rows[0] if rows else None)
    found = saved_answers.for_brand(heed, g.scope, chosen.brand_id) if chosen else []
    me = inbox.me(heed, g.scope.agent, now())
    return render_template(
        "inbox/new.html",
        given=given,
        reason=sentence(reason),
        rows=rows,
        chosen=chosen,
        brands=brands,
        found=found,
        may_keep=any(slot.key == "mail" for slot in me.free_slots),
        key=given.get("key") or f"s{now().timestamp():.6f}",
        max_files=forms.MAX_FILES,
    )


def _following(ticket_id: str) -> dict[str, str]:
    """Return what a ticket that continues another begins with."""
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    line, people = view.line, view.recipients
    subject = line.subject if line.subject[:3].lower() == "re:" else f"Re: {line.subject}"
    to, cc = ", ".join(people.to[:1]), ", ".join([*people.to[1:], *people.cc])
    number = str(line.number)
    return {"follows": line.id, "number": number, "connection": line.connection_id or "", "brand": line.brand_id,
            "subject": subject if line.subject else "", "to": to, "cc": cc}  # fmt: skip


def _forward(ticket_id: str, reason: str = "") -> str:
    view = inbox.ticket(heed_of(), g.scope, ticket_id, now())
    try:
        letters, by = forwarding.may_be_forwarded(heed_of(), g.scope, ticket_id)
        why_not = ""
    except Refused as refused:
        letters, by, why_not = [], "", refused.reason
    last = next((letter.id for letter in reversed(letters) if letter.inbound), "")
    return render_template(
        "inbox/forward.html",
        view=view,
        letters=letters[::-1],
        last=last,
        by=by,
        why_not=sentence(why_not),
        reason=sentence(reason),
        given=request.form,
        shown=SHOWN,
        at=now(),
        key=request.form.get("key") or f"f{now().timestamp():.6f}",
    )


def _refused(reason: str) -> Response | None:
    """Return the answer for our script; None: the page is shown again with what was typed."""
    if not forms.by_script():
        return None
    response = jsonify({"detail": sentence(reason)})
    response.status_code = 409
    return response


def _done(where: str, ticket_id: str) -> AnyResponse:
    if forms.by_script():
        said: Response = jsonify({"url": where, "ticket": ticket_id})
        return said
    return redirect(where, 303)
