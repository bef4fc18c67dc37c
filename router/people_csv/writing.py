"""Sheets of people against the desk: exported, planned, and carried out in one transaction with its trail."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from router import dispatch, equipping
from router.accounts import LINK_LASTS, SignedIn, digest
from router.app import Heed
from router.mistakes import Mistake
from router.model import Presence, Role, Scope
from router.notify import Change
from router.people_csv.planning import Known, Person, Plan, Step, as_cells, plan
from router.people_csv.reading import NAMES, read, sheet
from router.presence import set_presence
from router.store import audit, desk, people, signin, sites
from router.store.db import Connection as Db


@dataclass(frozen=True, slots=True)
class Imported:
    """What was done, and the links of new people, which are shown once."""

    plan: Plan
    links: tuple[tuple[str, str, str], ...]  # address, name, sign-in link


def template() -> str:
    """Return an empty sheet with one example."""
    example = ("ana@example.com", "Ana Lopez", "agent", "main", "billing=4 en=5", "live=3 mail=1", "Asia/Karachi")
    return sheet([NAMES, (*example, "none", "en", "yes")])


def exported(heed: Heed, scope: Scope) -> str:
    """Return the people of a scope as a sheet that can be imported again."""
    with heed.database.read() as db:
        found = _people(db, scope, {brand.id: brand.key for brand in desk.brands_seen_by(db, scope)})
    cells = [as_cells(person) for person in found.values()]
    return sheet([NAMES, *[[row[name] for name in NAMES] for row in cells]])


def plan_of(heed: Heed, me: SignedIn, body: str | bytes, locales: Collection[str]) -> Plan:
    """Return what a sheet would do, or what is wrong with it. Nothing is written."""
    lines, problems = read(body)
    with heed.database.read() as db:
        return plan(lines, _known(db, me, locales), problems)


def carry_out(
    heed: Heed, me: SignedIn, body: str | bytes, locales: Collection[str], mark: str, now: datetime
) -> Imported:
    """Do what a sheet says, all of it or nothing. Raises Mistake if that is not what `mark` stands for any more."""
    lines, problems = read(body)
    links: dict[str, tuple[str, str, str]] = {}
    ended: list[str] = []
    touched: list[str] = []
    with heed.database.write() as db:
        made = plan(lines, _known(db, me, locales), problems)
        if made.problems or made.mark != mark:
            raise Mistake("The desk changed since the sheet was looked at: look at what it would do now.")
        brands = {brand.key: brand.id for brand in desk.brands(db)}
        for step in made.steps:
            if step.kind == "same":
                continue
            agent_id = _write(db, me, step, brands, now)
            touched.append(agent_id)
            if step.was is None and step.becomes.active:
                token = secrets.token_urlsafe(32)
                signin.add_link(db, hashed=digest(token), agent_id=agent_id, now=now, until=now + LINK_LASTS)
                address = f"{heed.config.public_url}/login/link/{token}"
                links[agent_id] = (step.becomes.email, step.becomes.name, address)
            if step.was is not None and step.was.active and not step.becomes.active:
                ended.append(agent_id)
        if touched:
            counts = {kind: made.counts[kind] for kind in ("new", "changed")}
            audit.append(db, me.actor, "people imported", me.agent.id, now, change=counts)
    dispatch.after_changing(heed, touched, now)
    heed.notifier.publish([change for a in touched for change in (Change("session", agent=a), Change("desk", agent=a))])
    for agent_id in ended:
        set_presence(heed, agent_id, Presence.OFFLINE, now, reason="switched off", source="agent")
    return Imported(made, tuple(links.values()))


def _write(db: Db, me: SignedIn, step: Step, brands: Mapping[str, str], now: datetime) -> str:
    new, was = step.becomes, step.was
    role = Role(new.role)
    if was is None:
        agent_id = people.add(
            db, email=new.email, name=new.name, role=role, zone=new.zone, locale=new.locale, now=now
        )  # fmt: skip
        if not new.active:
            people.set_active(db, agent_id, False)
    else:
        agent_id = _id(db, new.email)
        people.change(db, agent_id, name=new.name, zone=new.zone, locale=new.locale)
        if new.role != was.role:
            people.set_role(db, agent_id, role)
            signin.end_sessions(db, agent_id, now)
        if new.active != was.active:
            people.set_active(db, agent_id, new.active)
        if was.active and not new.active:
            signin.end_sessions(db, agent_id, now)
            signin.end_tokens(db, agent_id, now)
            signin.end_links(db, agent_id, now)
    if was is None or new.brands != was.brands:
        people.grant_brands(db, agent_id, [brands[key] for key in new.brands])
    gone = dict.fromkeys(was.skills, 0) if was else {}
    people.put_skills(db, agent_id, {**gone, **new.skills}, now)
    usual: dict[str, int | None] = dict.fromkeys(was.slots) if was else {}
    people.put_slots(db, agent_id, {**usual, **new.slots}, now)
    sites.put(db, agent_id, new.site, new.zone, now)
    change: dict[str, object] = {"fields": [column for column, _, _ in step.fields], "by": "csv"}
    if was is None or new.role != was.role:
        change["role"] = [was.role if was else "", new.role]
    audit.append(db, me.actor, "person added" if was is None else "person changed", agent_id, now, change=change)
    return agent_id


def _known(db: Db, me: SignedIn, locales: Collection[str]) -> Known:
    brands = desk.brands(db)
    mine = [brand for brand in brands if me.scope.sees(brand.id)]
    everyone = people.everyone(db)
    seen = _people(db, me.scope, {brand.id: brand.key for brand in brands})
    skills = desk.skills(db)
    first = mine[0] if mine else None
    admins = [one for one in everyone if one.active and one.role is Role.ADMIN and one.email not in seen]
    return Known(
        people=seen,
        taken=frozenset(one.email for one in everyone) - frozenset(seen),
        brands=[brand.key for brand in mine],
        brand_zone=first.zone if first else "UTC",
        skills={skill.label.casefold(): skill.key for skill in skills} | {s.key.casefold(): s.key for s in skills},
        languages=[skill.key for skill in skills if skill.is_language],
        usual_language=(_spoken(first.language if first else "en", [s.key for s in skills]), equipping.USUAL_LEVEL),
        classes=[row.key for row in desk.work_classes(db) if row.key == row.slot_key],
        sites={person.site.casefold(): person.site for person in seen.values() if person.site},
        locales=locales,
        reader=me.agent.email,
        other_admins=len(admins),
    )


def _people(db: Db, scope: Scope, brands: Mapping[str, str]) -> dict[str, Person]:
    """Return the people of a scope as sheets name them; `brands` are keys by id, those not in it are left out."""
    skills, slots, held = people.skills(db), people.slots(db), people.all_brands(db)
    whom = people.seen_by(db, scope)
    works_at = sites.of(db, [who.id for who in whom])
    return {
        who.email: Person(
            email=who.email,
            name=who.name,
            role=who.role.value,
            brands=frozenset(brands[one] for one in held.get(who.id, frozenset()) if one in brands),
            skills=skills.get(who.id, {}),
            slots=slots.get(who.id, {}),
            zone=who.zone,
            site=works_at.get(who.id, ""),
            locale=who.locale,
            active=who.active,
        )
        for who in whom
    }


def _spoken(language: str, skills: Sequence[str]) -> str:
    """Return the brand's language as a skill of the desk, else the first there is of it."""
    base = language.partition("-")[0]
    return next((key for key in (language, base) if key in skills), language)


def _id(db: Db, email: str) -> str:
    who = people.by_email(db, email)
    assert who is not None
    return who.id
