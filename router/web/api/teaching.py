"""What people teach triage: corrections of readings, a brand's own intents and examples, versions made of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from router.teaching import lessons, making, publishing, school
from router.teaching.correcting import correct
from router.web.api import naming
from router.web.api.base import api
from router.web.api.ticket_json import Ticket
from router.web.api.tickets import read_ticket
from router.web.api.typed import Call
from router.web.api.values import Asked, Id, In, Int, Line, Out, Words

CHECKING = "60 per minute"  # each has a worker learn anew

Named = Annotated[Line, Field(min_length=1, max_length=200)]
Key = Annotated[Line, Field(min_length=1, max_length=60)]
BRAND = "Id or name; may be left out by who works for one brand alone."


class CorrectionIn(In):
    """What a reading should have been."""

    message: Id = Field(description="Of the customer's message.")
    field: Literal["intent", "language", "frustration"]
    value: Annotated[Line, Field(max_length=60)] = Field(
        description="An intent's key; a language's tag; right, dismissed or angrier. Empty: take back what was said."
    )


class TeachingAsked(Asked):
    """Which brand's teaching."""

    brand: Named | None = Field(None, description=BRAND)


class ExamplesAsked(TeachingAsked):
    """Whose examples."""

    intent: Key | None = Field(None, description="Of this intent alone.")


class BrandIn(In):
    """Which brand is taught."""

    brand: Named | None = Field(None, description=BRAND)


class IntentIn(BrandIn):
    """An intent of a brand's own."""

    label: Annotated[Line, Field(min_length=2, max_length=lessons.MAX_LABEL)]
    group: Literal["billing", "orders", "account", "technical", "security", "people", "sales", "other"]
    description: Annotated[Line, Field(max_length=lessons.MAX_ABOUT)] = ""


class IntentGone(BrandIn):
    """An intent to remove with its examples."""

    intent: Key


class ExamplesIn(BrandIn):
    """Examples of an intent, as customers write them."""

    intent: Key
    texts: Annotated[
        list[Annotated[Words, Field(max_length=lessons.MAX_EXAMPLE)]],
        Field(min_length=1, max_length=lessons.MOST_AT_ONCE),
    ]


class ExamplesGone(BrandIn):
    """Examples to remove."""

    examples: Annotated[list[Id], Field(min_length=1, max_length=200)]


class PublishIn(BrandIn):
    """A checked version to hold from now on."""

    version: Int = Field(ge=1, le=10**9)
    comment: Annotated[Line, Field(min_length=1, max_length=publishing.MAX_COMMENT)]


class IntentOut(Out):
    """One intent."""

    key: str
    label: str
    group: str
    description: str
    is_own: bool = Field(description="The brand made it; the others come with Heed.")
    examples: int
    offered: int = Field(description="Corrected messages that may become examples.")


class VersionOut(Out):
    """A version that was asked for."""

    number: int
    state: Literal["asked", "ready", "worse", "failed", "erased"] = Field(
        description="asked: not made yet; ready: may be published; worse: reads fewer labelled messages right."
    )
    examples: int
    figures: dict[str, Any] = Field(description="held_back: old against new; left_out: each intent; moved: of recent.")
    asked_at: datetime
    made_at: datetime | None


class TeachingOut(Out):
    """What a brand teaches."""

    brand: str
    live: int | None = Field(description="The version that holds; null: as Heed came.")
    changed: bool = Field(description="The examples are others than those of the newest version.")
    intents: list[IntentOut]
    versions: list[VersionOut] = Field(description="Newest first.")


class ExampleOut(Out):
    """One example."""

    id: str
    intent: str
    text: str
    message: str | None = Field(description="The message it is, if it is one.")
    at: datetime


class ExamplesOut(Out):
    """Examples, oldest first."""

    items: list[ExampleOut]


@api.route("POST", "/tickets/{id}/corrections", scope="tickets:write", conflicts=True)
def correct_reading(call: Call, ticket_id: str, body: CorrectionIn) -> Ticket:
    """Correct what was read in a message, and return the ticket where it stands now.

    What somebody says stays: later messages move the mood from there. 409: there is no such intent or language.
    """
    correct(call.heed, call.scope, ticket_id, body.message, body.field, body.value, call.now)
    return read_ticket(call, ticket_id)


@api.route("GET", "/teaching", scope="rules:write")
def get_teaching(call: Call, query: TeachingAsked) -> TeachingOut:
    """Read what a brand teaches: intents, versions with their figures, and which one holds."""
    return _teaching(call, naming.brand_id(call, query.brand, {"parameter": "brand"}))


@api.route("GET", "/teaching/examples", scope="rules:write")
def list_examples(call: Call, query: ExamplesAsked) -> ExamplesOut:
    """List the examples of a brand, or of one of its intents."""
    brand_id = naming.brand_id(call, query.brand, {"parameter": "brand"})
    found = school.examples(call.heed, call.scope, brand_id, query.intent)
    return ExamplesOut(
        items=[ExampleOut(id=e.id, intent=e.intent, text=e.text, message=e.message_id, at=e.at) for e in found]
    )


@api.route("POST", "/teaching/intents", scope="rules:write")
def add_intent(call: Call, body: IntentIn) -> TeachingOut:
    """Add an intent of a brand's own; it is read once it has examples and they are published."""
    brand_id = _brand(call, body)
    lessons.add_intent(
        call.heed, call.me.actor, call.scope, brand_id, body.label, body.group, body.description, call.now
    )
    return _teaching(call, brand_id)


@api.route("POST", "/teaching/intents/remove", scope="rules:write")
def remove_intent(call: Call, body: IntentGone) -> TeachingOut:
    """Remove an intent of a brand's own with its examples; tickets that have it keep it."""
    brand_id = _brand(call, body)
    lessons.remove_intent(call.heed, call.me.actor, call.scope, brand_id, body.intent, call.now)
    return _teaching(call, brand_id)


@api.route("POST", "/teaching/examples", scope="rules:write")
def add_examples(call: Call, body: ExamplesIn) -> TeachingOut:
    """Add examples of an intent; those that are there already are left out."""
    brand_id = _brand(call, body)
    lessons.add_examples(call.heed, call.me.actor, call.scope, brand_id, body.intent, body.texts, call.now)
    return _teaching(call, brand_id)


@api.route("POST", "/teaching/examples/remove", scope="rules:write")
def remove_examples(call: Call, body: ExamplesGone) -> TeachingOut:
    """Remove examples by their ids; one that is not there is nothing."""
    brand_id = _brand(call, body)
    lessons.remove_examples(call.heed, call.me.actor, call.scope, brand_id, body.examples, call.now)
    return _teaching(call, brand_id)


@api.route("POST", "/teaching/check", scope="rules:write", rate=CHECKING)
def check_teaching(call: Call, body: BrandIn) -> TeachingOut:
    """Have a version made of the examples as they are; `versions` tells when it is ready, and its figures."""
    brand_id = _brand(call, body)
    making.ask(call.heed, call.me.actor, call.scope, brand_id, call.now)
    return _teaching(call, brand_id)


@api.route("POST", "/teaching/publish", scope="rules:write")
def publish_teaching(call: Call, body: PublishIn) -> TeachingOut:
    """Let a checked version hold, in every worker from the next message on."""
    brand_id = _brand(call, body)
    publishing.publish(call.heed, call.me.actor, call.scope, brand_id, body.version, body.comment, call.now)
    return _teaching(call, brand_id)


@api.route("POST", "/teaching/undo", scope="rules:write")
def undo_teaching(call: Call, body: BrandIn) -> TeachingOut:
    """Go back to the version that held before; before the first, messages are read as Heed came."""
    brand_id = _brand(call, body)
    publishing.undo(call.heed, call.me.actor, call.scope, brand_id, call.now)
    return _teaching(call, brand_id)


def _brand(call: Call, body: BrandIn) -> str:
    return naming.brand_id(call, body.brand, {"pointer": "#/brand"})


def _teaching(call: Call, brand_id: str) -> TeachingOut:
    found = school.school(call.heed, call.scope, brand_id)
    return TeachingOut(
        brand=found.brand.name,
        live=found.live,
        changed=found.changed,
        intents=[IntentOut.model_validate(one, from_attributes=True) for one in found.lessons],
        versions=[_version(one.figures, one) for one in found.versions],
    )


def _version(figures: Mapping[str, Any], row: object) -> VersionOut:
    same = ("number", "state", "examples", "asked_at", "made_at")
    return VersionOut.model_validate({"figures": dict(figures), **{name: getattr(row, name) for name in same}})
