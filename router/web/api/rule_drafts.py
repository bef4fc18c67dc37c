"""The draft of a brand's rules, and what makes rules live: publish, roll back."""

from datetime import datetime
from typing import Annotated

from flask import Response
from pydantic import Field

from router import publishing, rulebook_versions
from router.rulemaking import drafting
from router.rulemaking.drafting import Behind
from router.web.api import naming
from router.web.api.base import api, bp
from router.web.api.rules import MAX_YAML, TRYING, BrandAsked, FindingOut, Named, findings_out
from router.web.api.typed import Call
from router.web.api.values import In, Int, Out, Words
from router.web.problems import problem

Yaml = Annotated[Words, Field(max_length=MAX_YAML)]
Revision = Annotated[Int, Field(ge=0, description="Of the draft as you know it; 409 if it has moved on.")]
Comment = Annotated[Words, Field(min_length=1, max_length=publishing.MAX_COMMENT)]


class DraftOut(Out):
    """The draft: what would be published. Without changes it is the live rules."""

    brand: str
    revision: int
    changed: bool = Field(description="Whether it differs from the live rules.")
    at: datetime | None
    live_number: int
    yaml: str


class DraftIn(In):
    """A whole rule file in place of the draft. It may hold errors; publishing may not."""

    yaml: Yaml
    revision: Revision
    brand: Named | None = Field(None, description="As in the query of `GET /rules`.")


class PublishRulesIn(In):
    """What goes live: the draft, or a file."""

    comment: Comment
    yaml: Yaml | None = Field(None, description="Left out: the draft.")
    revision: Revision | None = None
    brand: Named | None = Field(None, description="As in the query of `GET /rules`.")


class RollbackIn(In):
    """Which version to go back to."""

    number: Annotated[Int, Field(ge=1)]
    brand: Named | None = Field(None, description="As in the query of `GET /rules`.")


class Published(Out):
    """The version that is live now, and what the check says of it: of one that came back, errors too."""

    number: int
    warnings: list[FindingOut]
    failed_examples: list[str] = Field(description="Only ever of a version that came back.")


@api.route("GET", "/rules/draft", scope="rules:read")
def get_draft(call: Call, query: BrandAsked) -> DraftOut:
    """Show the draft of a brand's rules."""
    return _draft(call, naming.brand_id(call, query.brand, {"parameter": "brand"}))


@api.route("PUT", "/rules/draft", scope="rules:write", rate=TRYING, conflicts=True)
def put_draft(call: Call, body: DraftIn) -> DraftOut:
    """Put a file in place of the draft. 409, with the revision it is at, if somebody changed it since yours."""
    brand_id = naming.brand_id(call, body.brand, {"pointer": "#/brand"})
    drafting.replace(call.heed, call.me.actor, call.scope, brand_id, body.revision, body.yaml, call.now)
    return _draft(call, brand_id)


@api.route("POST", "/rules/publish", scope="rules:write", rate=TRYING, conflicts=True)
def publish_rules(call: Call, body: PublishRulesIn) -> Published:
    """Make the draft or a file live. 422 with all that stands in the way: errors, and examples that do not hold."""
    brand_id = naming.brand_id(call, body.brand, {"pointer": "#/brand"})
    draft = drafting.current(call.heed, brand_id)
    if body.revision is not None and body.revision != draft.revision:
        raise Behind(draft.revision, (), ())
    source, revision = (draft.source, draft.revision) if body.yaml is None else (body.yaml, body.revision)
    number, found = publishing.publish(
        call.heed, call.me.actor, call.scope, brand_id, source, body.comment, call.now, revision=revision
    )
    return _published(number, found)


@api.route("POST", "/rules/rollback", scope="rules:write")
def roll_rules_back(call: Call, body: RollbackIn) -> Published:
    """Publish an earlier version again, as a new one; today's check warns, and does not stand in the way.

    What is in the draft and was not published stays there. 422 if a rule names what there is no more.
    """
    brand_id = naming.brand_id(call, body.brand, {"pointer": "#/brand"})
    return _published(*publishing.rollback(call.heed, call.me.actor, call.scope, brand_id, body.number, call.now))


def _published(number: int, found: publishing.Checked) -> Published:
    return Published(number=number, warnings=findings_out(found.findings), failed_examples=list(found.failures))


def _draft(call: Call, brand_id: str) -> DraftOut:
    draft = drafting.current(call.heed, brand_id)
    brand = next(one for one in rulebook_versions.brands(call.heed, call.scope) if one.id == brand_id)
    return DraftOut(
        brand=brand.name,
        revision=draft.revision,
        changed=draft.changed,
        at=draft.at,
        live_number=draft.live_number,
        yaml=draft.source,
    )


@bp.errorhandler(Behind)
def _behind(error: Behind) -> Response:
    return problem(
        409, f"The draft is at revision {error.revision} by now: read it, then decide.", revision=error.revision
    )
