"""Who works here: the caller, their presence, their colleagues."""

from typing import Annotated, Literal

from pydantic import Field

from router import inbox, presence, reclaiming, rulebook_versions
from router.desk import leaving
from router.desk.leaving import BACK, KEEP, MAX_NOTE, SITE, Parting
from router.model import Presence
from router.web.api.base import api
from router.web.api.typed import Call
from router.web.api.values import Id, In, Line, Out, Words

PresenceName = Literal["online", "away", "wrapping_up", "offline"]
RoleName = Literal["agent", "supervisor", "ops", "admin"]


class Slots(Out):
    """How many slots of one kind there are, and how many are taken."""

    key: str
    taken: int
    all: int


class BrandOut(Out):
    """A client of the desk."""

    id: str
    name: str


class Me(Out):
    """The token's owner."""

    id: str
    email: str
    name: str
    role: RoleName
    brands: list[BrandOut] = Field(description="Those this token sees.")
    presence: PresenceName
    reason: str
    slots: list[Slots]
    skills: dict[str, int]
    site: str | None = Field(description="Where they work, if it is known.")


class PresenceIn(In):
    """Whether the caller takes work now."""

    status: PresenceName
    reason: Annotated[Line, Field(max_length=200)] = ""


class PartingIn(In):
    """What becomes of one ticket."""

    ticket: Id
    to: Annotated[Line, Field(min_length=1, max_length=80)] = Field(
        KEEP,
        description=f"`{KEEP}`, `{BACK}` (its queue, with its old place), `{SITE}NAME` or the id of a colleague.",
    )
    note: Annotated[Words, Field(max_length=MAX_NOTE)] = ""


class LeavingIn(In):
    """What the caller holds is kept unless it is named here."""

    tickets: Annotated[list[PartingIn], Field(max_length=200)] = Field([])
    note: Annotated[Words, Field(max_length=MAX_NOTE)] = Field(
        "", description="Goes with each ticket that is handed over without a note of its own."
    )


class RefusedOut(Out):
    """A ticket that could not be handed over, and is kept."""

    ticket: str
    detail: str


class LeftOut(Out):
    """How the shift ended."""

    handed: list[str] = Field(description="Ids of tickets.")
    kept: list[str]
    refused: list[RefusedOut]
    presence: PresenceName = Field(description="`wrapping_up` while a chat in progress is kept, else `offline`.")


class TakeBackIn(In):
    """A word for whoever goes on."""

    note: Annotated[Words, Field(max_length=reclaiming.MAX_NOTE)] = ""


class TakenOut(Out):
    """What was taken back."""

    taken: list[str] = Field(description="Ids of tickets.")


class AgentOut(Out):
    """A colleague."""

    id: str
    name: str
    email: str
    role: RoleName
    presence: PresenceName
    skills: dict[str, int]
    site: str | None = Field(description="Where they work, if it is known.")
    slots: list[Slots]


class Agents(Out):
    """The active people who share a brand with the caller."""

    items: list[AgentOut]


@api.route("GET", "/me", scope="")
def get_me(call: Call) -> Me:
    """Read who the token speaks for."""
    found = inbox.me(call.heed, call.agent, call.now)
    return Me(
        id=found.id,
        email=call.me.agent.email,
        name=call.me.agent.name,
        role=call.me.agent.role.value,
        brands=[BrandOut(id=b.id, name=b.name) for b in rulebook_versions.brands(call.heed, call.scope)],
        presence=found.presence.value,
        reason=found.reason,
        slots=[Slots.model_validate(slot, from_attributes=True) for slot in found.slots],
        skills=dict(sorted(found.skills.items())),
        site=found.site or None,
    )


@api.route("PUT", "/me/presence", scope="presence")
def put_presence(call: Call, body: PresenceIn) -> Me:
    """Come online, go away, wrap up or leave."""
    presence.set_presence(call.heed, call.agent, Presence(body.status), call.now, reason=body.reason.strip())
    return get_me(call)


@api.route("POST", "/me/shift/end", scope="tickets:write", conflicts=True)
def end_shift(call: Call, body: LeavingIn) -> LeftOut:
    """End the caller's shift: what they hold is kept or handed over with a note, and they leave.

    409: a chat in progress would be handed over without a note; nothing was done.
    """
    partings = [Parting(one.ticket, one.to, one.note) for one in body.tickets]
    left = leaving.end_shift(call.heed, call.scope, partings, call.now, note_for_all=body.note)
    return LeftOut(
        handed=list(left.handed),
        kept=list(left.kept),
        refused=[RefusedOut(ticket=ticket, detail=detail) for ticket, detail in left.refused],
        presence=left.presence.value,
    )


@api.route("POST", "/agents/{id}/take-back", scope="tickets:write", conflicts=True)
def take_back(call: Call, agent_id: str, body: TakeBackIn) -> TakenOut:
    """Take back at once what a person has open who is not here: for supervisors.

    What waits for an answer goes back to its old place, what was answered rests. 409: they are here.
    """
    return TakenOut(taken=reclaiming.at_once(call.heed, call.scope, agent_id, call.now, note=body.note))


@api.route("GET", "/agents", scope="tickets:read")
def list_agents(call: Call) -> Agents:
    """List the people of the caller's brands."""
    return Agents(
        items=[
            AgentOut(
                id=who.id,
                name=who.name,
                email=who.email,
                role=who.role,  # type: ignore[arg-type]  # a Role's value
                presence=who.presence.value,
                skills=dict(sorted(who.skills.items())),
                site=who.site or None,
                slots=[Slots.model_validate(slot, from_attributes=True) for slot in who.slots],
            )
            for who in inbox.agents(call.heed, call.scope)
        ]
    )
