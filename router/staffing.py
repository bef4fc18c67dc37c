"""The people of the desk: added, given a role, brands, channels and slots, switched off."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from channels import CHANNELS
from router import accounts, dispatch, equipping
from router.app import Heed
from router.mistakes import Mistake
from router.model import Presence, Role, Scope
from router.notify import Change
from router.presence import set_presence
from router.store import audit, desk, people, signin
from router.store.audit import Actor
from router.store.db import Connection as Db
from router.store.people import AgentRow

MAX_EMAIL = 254  # characters; source: RFC 5321, 4.5.3.1.3
MAX_SLOTS = 50  # of one work class


def add_person(
    heed: Heed,
    actor: Actor,
    *,
    email: str,
    name: str,
    role: str,
    now: datetime,
    skills: Mapping[str, int] | None = None,
    brands: Collection[str] | None = None,
    channels: Collection[str] = (),
    zone: str = "",
) -> tuple[str, str]:
    """Add a person and return their id and a sign-in link that works once, for 24 hours.

    Skills are named by key or by name, and made if they are new; without a language they get their first brand's.
    `brands` are ids; None: all. Raises Mistake.
    """
    email = _email(email)
    name = " ".join(name.split()) or email.partition("@")[0]
    with heed.database.write() as db:
        if people.by_email(db, email) is not None:
            raise Mistake(f"{email} is on the desk already: change them under Settings, People.")
        known = desk.brands(db)
        granted = [b for b in known if brands is None or b.id in brands]
        if not granted:
            raise Mistake("The person would work for no brand: name at least one.")
        zone = check_zone(zone or granted[0].zone)
        agent_id = people.add(db, email=email, name=name[:200], role=_role(role), zone=zone, locale="en", now=now)
        people.grant_brands(db, agent_id, [brand.id for brand in granted])
        people.put_skills(db, agent_id, _levels(db, skills or {}, granted[0].language, now), now)
        people.put_channels(db, agent_id, _channels(channels), now)
        audit.append(db, actor, "person added", agent_id, now, change={"role": role})
    heed.notifier.publish([Change("desk", agent=agent_id)])
    dispatch.after_changing(heed, [agent_id], now)
    return agent_id, accounts.sign_in_link(heed, agent_id, now)


def change_person(
    heed: Heed,
    actor: Actor,
    agent_id: str,
    now: datetime,
    *,
    name: str,
    role: str,
    brands: Collection[str],
    channels: Collection[str],
    slots: Mapping[str, int | None],
) -> None:
    """Change a person; another role ends their sessions, so that none outlives its reason. Raises Mistake."""
    with heed.database.write() as db:
        who = _known(db, agent_id)
        wanted = _role(role)
        if who.role is Role.ADMIN and wanted is not Role.ADMIN:
            _another_admin(db, who)
        if not brands:
            raise Mistake(f"{who.name} would work for no brand: choose at least one, or switch them off.")
        people.change(db, agent_id, name=" ".join(name.split())[:200] or who.name, zone=who.zone, locale=who.locale)
        people.grant_brands(db, agent_id, brands)
        people.put_channels(db, agent_id, _channels(channels), now)
        people.put_slots(db, agent_id, _slots(db, slots), now)
        if wanted is not who.role:
            people.set_role(db, agent_id, wanted)
            signin.end_sessions(db, agent_id, now)
        change = {"role": [who.role.value, wanted.value], "brands": sorted(brands)}
        audit.append(db, actor, "person changed", agent_id, now, change=change)
    heed.notifier.publish([Change("session", agent=agent_id), Change("desk", agent=agent_id)])
    dispatch.after_changing(heed, [agent_id], now)


def switch_off(heed: Heed, actor: Actor, agent_id: str, now: datetime) -> None:
    """Switch a person off: their sessions, tokens, links and streams end at once. Raises Mistake for the last admin."""
    with heed.database.write() as db:
        who = _known(db, agent_id)
        if who.role is Role.ADMIN:
            _another_admin(db, who)
        people.set_active(db, agent_id, False)
        signin.end_sessions(db, agent_id, now)
        signin.end_tokens(db, agent_id, now)
        signin.end_links(db, agent_id, now)
        audit.append(db, actor, "person switched off", agent_id, now)
    heed.notifier.publish([Change("session", agent=agent_id), Change("desk", agent=agent_id)])
    set_presence(heed, agent_id, Presence.OFFLINE, now, reason="switched off", source="agent")
    dispatch.after_changing(heed, [agent_id], now)


def switch_on(heed: Heed, actor: Actor, agent_id: str, now: datetime) -> str:
    """Let a person in again and return a sign-in link for them."""
    with heed.database.write() as db:
        _known(db, agent_id)
        people.set_active(db, agent_id, True)
        audit.append(db, actor, "person switched on", agent_id, now)
    heed.notifier.publish([Change("desk", agent=agent_id)])
    dispatch.after_changing(heed, [agent_id], now)
    return accounts.sign_in_link(heed, agent_id, now)


def new_link(heed: Heed, actor: Actor, agent_id: str, now: datetime) -> str:
    """Return a new sign-in link for someone who lost theirs or forgot the password. Raises Mistake."""
    with heed.database.write() as db:
        who = _known(db, agent_id)
        if not who.active:
            raise Mistake(f"{who.name} is switched off: switch them on first.")
        audit.append(db, actor, "sign-in link made", agent_id, now)
    return accounts.sign_in_link(heed, agent_id, now)


def change_profile(heed: Heed, agent_id: str, now: datetime, *, name: str, zone: str, locale: str) -> None:
    """Change how the person who asks is called, their zone and the language of their pages. Raises Mistake."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200:
        raise Mistake("A name has 1 to 200 characters.")
    with heed.database.write() as db:
        people.change(db, agent_id, name=name, zone=check_zone(zone), locale=locale)
    heed.notifier.publish([Change("desk", agent=agent_id)])


def by_email(heed: Heed, email: str) -> AgentRow:
    """Return the person with this address. Raises Mistake."""
    with heed.database.read() as db:
        who = people.by_email(db, email)
    if who is None:
        raise Mistake(f"There is nobody with the address {email}: `users list` shows who there is.")
    return who


def check_zone(zone: str) -> str:
    """Return an IANA time zone. Raises Mistake."""
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Mistake(f"There is no time zone “{zone[:60]}”: give an IANA name, such as Asia/Karachi.") from None


def _known(db: Db, agent_id: str) -> AgentRow:
    who = people.by_id(db, agent_id)
    if who is None:
        raise Mistake("This person is not on the desk: load the page again.")
    return who


def _another_admin(db: Db, who: AgentRow) -> None:
    if who.active and people.count_admins(db) <= 1:
        raise Mistake(f"{who.name} is the only admin: make someone else an admin first.")


def _email(email: str) -> str:
    email = email.strip().lower()
    local, at, host = email.rpartition("@")
    if not (local and at and host) or len(email) > MAX_EMAIL or not email.isprintable() or " " in email:
        raise Mistake(f"“{email[:80]}” is no e-mail address: give one such as ana@example.com.")
    return email


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise Mistake(f"There is no role “{role}”. Roles: {', '.join(Role)}.") from None


def _levels(db: Db, skills: Mapping[str, int], language: str, now: datetime) -> dict[str, int]:
    levels = {}
    for name, level in skills.items():
        equipping.check_level(name, level)
        key, _ = equipping.put_skill(db, name, now)
        levels[key] = level
    languages = {skill.key for skill in desk.skills(db) if skill.is_language}
    if not languages & set(levels):
        key, _ = equipping.put_skill(db, language, now)
        levels[key] = equipping.USUAL_LEVEL
    return levels


def _channels(names: Collection[str]) -> Collection[str]:
    for name in names:
        if name not in CHANNELS:
            raise Mistake(f"There is no channel “{name}”. Channels: {', '.join(CHANNELS)}.")
    return [] if set(names) == set(CHANNELS) else names


def _slots(db: Db, slots: Mapping[str, int | None]) -> Mapping[str, int | None]:
    known = {row.key for row in desk.work_classes(db)}
    for key, number in slots.items():
        if key not in known or (number is not None and not 0 <= number <= MAX_SLOTS):
            raise Mistake(f"Slots for {key}: give a number from 0 to {MAX_SLOTS}, or nothing for the usual.")
    return slots


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person with what they can do and where, as settings show them."""

    agent: AgentRow
    skills: Mapping[str, int]  # skill key to level
    slots: Mapping[str, int]  # work class to slots, where they differ from the usual
    channels: frozenset[str]  # empty: all
    brands: frozenset[str]  # ids


def everyone(heed: Heed, scope: Scope) -> list[PersonLine]:
    """Return the people who share a brand with the scope, by name."""
    with heed.database.read() as db:
        skills, slots, channels = people.skills(db), people.slots(db), people.channels(db)
        brands = people.all_brands(db)
        return [
            PersonLine(
                who,
                skills.get(who.id, {}),
                slots.get(who.id, {}),
                channels.get(who.id, frozenset()),
                brands.get(who.id, frozenset()),
            )
            for who in people.seen_by(db, scope)
        ]
