"""What people teach triage: corrections of readings."""

from typing import Annotated, Literal

from pydantic import Field

from router.teaching.correcting import correct
from router.web.api.base import api
from router.web.api.ticket_json import Ticket
from router.web.api.tickets import read_ticket
from router.web.api.typed import Call
from router.web.api.values import Id, In, Line


class CorrectionIn(In):
    """What a reading should have been."""

    message: Id = Field(description="Of the customer's message.")
    field: Literal["intent", "language", "frustration"]
    value: Annotated[Line, Field(max_length=60)] = Field(
        description="An intent's key; a language's tag; right, dismissed or angrier. Empty: take back what was said."
    )


@api.route("POST", "/tickets/{id}/corrections", scope="tickets:write", conflicts=True)
def correct_reading(call: Call, ticket_id: str, body: CorrectionIn) -> Ticket:
    """Correct what was read in a message, and return the ticket where it stands now.

    What somebody says stays: later messages move the mood from there. 409: there is no such intent or language.
    """
    correct(call.heed, call.scope, ticket_id, body.message, body.field, body.value, call.now)
    return read_ticket(call, ticket_id)
