"""A person's rights: all that is held about them as one file, and erasing them. For admins, on the customer's page."""

from tempfile import TemporaryFile

from flask import Blueprint, flash, g, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from router import exporting, keeping
from router.desk import NotFound
from router.web.audience import audience
from router.web.security import heed_of, now, signed_in
from router.web.words import look_up as _

bp = Blueprint("person", __name__)


@bp.post("/contacts/<contact_id>/export")
@audience("admin")
def export(contact_id: str) -> Response:
    """Return all that is held about a person, to be saved."""
    file = TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    if not exporting.export_person(heed_of(), g.scope, signed_in().actor, contact_id, file, now()):
        file.close()
        raise NotFound("There is no such contact.")
    file.seek(0)
    return send_file(file, "application/zip", as_attachment=True, download_name=f"contact-{contact_id}.zip")


@bp.post("/contacts/<contact_id>/erase")
@audience("admin")
def erase(contact_id: str) -> Response:
    """Erase a person with all they wrote, once that is confirmed."""
    if request.form.get("sure") != "1":
        flash(_("Nothing was erased: tick that you are sure."), "bad")
        return redirect(url_for("finding.contact", contact_id=contact_id), 303)
    if not keeping.erase_contact(heed_of(), g.scope, contact_id, now(), actor=signed_in().actor):
        raise NotFound("There is no such contact.")
    flash(_("The customer is erased, with tickets, messages and files."))
    return redirect(url_for("finding.contacts"), 303)
