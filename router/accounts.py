"""Signing in: passwords, single-use links and sessions, and what a session may see.

What people are shown once (a link, a session id) is stored as a hash; whoever reads the database can use none of it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from router import equipping
from router.app import Heed
from router.mistakes import Mistake
from router.model import Role, Scope
from router.notify import Change
from router.store import audit, desk, people, signin
from router.store.audit import COMMAND as COMMAND
from router.store.audit import Actor as Actor
from router.store.people import AgentRow as AgentRow
from router.store.signin import SessionRow

LINK_LASTS = timedelta(hours=24)  # for a new person
FIRST_LINK_LASTS = timedelta(minutes=10)  # the one `make run` prints
SESSION_LASTS = timedelta(days=14)  # whatever is done in it
SESSION_IDLE = timedelta(hours=12)  # without a request
TOUCH_EVERY = timedelta(minutes=5)  # how exactly the last use of a session or token is known
MIN_PASSWORD = 10  # characters
MAX_PASSWORD = 1000  # characters; hashing more costs time and gains nothing


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks, by which session or token, and what they may see."""

    agent: AgentRow
    scope: Scope
    actor: Actor  # for the trail
    through: str  # hash of the session, or id of the token


def sign_in(heed: Heed, email: str, password: str, now: datetime) -> AgentRow | None:
    """Return the person with this address and password; None says nothing about which of the two was wrong.

    An unknown address takes as long as a wrong password: a hash is checked either way.
    """
    with heed.database.read() as db:
        who = people.by_email(db, email)
        hashed = signin.password_hash(db, who.id) if who is not None and who.active else None
    fits = _verify(hashed or _nobody(), password[:MAX_PASSWORD])
    if who is None or hashed is None or not fits:
        return None
    if PasswordHasher().check_needs_rehash(hashed):
        with heed.database.write() as db:
            signin.put_password(db, who.id, PasswordHasher().hash(password), now)
    return who


def set_password(heed: Heed, me: SignedIn, new: str, now: datetime, *, old: str | None) -> None:
    """Give the person a password and sign them out everywhere else.

    `old` is asked for when there is one; None: they just proved themselves by a link. Raises Mistake.
    """
    if len(new) < MIN_PASSWORD:
        raise Mistake(f"The password has {len(new)} characters: take at least {MIN_PASSWORD}. Any characters will do.")
    if len(new) > MAX_PASSWORD:
        raise Mistake(f"The password has {len(new)} characters: take at most {MAX_PASSWORD}.")
    with heed.database.read() as db:
        hashed = signin.password_hash(db, me.agent.id)
    if old is not None and hashed is not None and not _verify(hashed, old[:MAX_PASSWORD]):
        raise Mistake("The current password is not right: type it again, or ask an admin for a new sign-in link.")
    fresh = PasswordHasher().hash(new)
    with heed.database.write() as db:
        signin.put_password(db, me.agent.id, fresh, now)
        signin.end_sessions(db, me.agent.id, now, but=me.through)
        audit.append(db, me.actor, "password set", me.agent.id, now)
    heed.notifier.publish([Change("session", agent=me.agent.id)])


def has_password(heed: Heed, agent_id: str) -> bool:
    """Say whether a person chose a password yet."""
    with heed.database.read() as db:
        return signin.password_hash(db, agent_id) is not None


def sign_in_link(heed: Heed, agent_id: str, now: datetime, *, lasts: timedelta = LINK_LASTS) -> str:
    """Return a link that signs a person in once; links made before stop working."""
    token = secrets.token_urlsafe(32)
    with heed.database.write() as db:
        signin.end_links(db, agent_id, now)
        signin.add_link(db, hashed=digest(token), agent_id=agent_id, now=now, until=now + lasts)
    return f"{heed.config.public_url}/login/link/{token}"


def first_sign_in_link(heed: Heed, now: datetime) -> str:
    """Return the link that `up` prints, good for 10 minutes; it is the oldest admin's.

    If there is none, one is made who speaks the first brand's language, so that the first ticket can be taken.
    """
    with heed.database.write() as db:
        admins = [who for who in people.everyone(db) if who.active and who.role is Role.ADMIN]
        if admins:
            agent_id = min(admins, key=lambda who: (who.created_at, who.id)).id
        else:
            brands = desk.brands(db)
            zone, locale = (brands[0].zone, "en") if brands else ("UTC", "en")
            email = (
                "admin@localhost" if people.by_email(db, "admin@localhost") is None else f"admin@{digest(str(now))[:8]}"
            )
            agent_id = people.add(db, email=email, name="Admin", role=Role.ADMIN, zone=zone, locale=locale, now=now)
            people.grant_brands(db, agent_id, [brand.id for brand in brands])
            for brand in brands[:1]:
                key, _ = equipping.put_skill(db, brand.language, now)
                people.put_skills(db, agent_id, {key: equipping.USUAL_LEVEL}, now)
            audit.append(db, COMMAND, "person added", agent_id, now, change={"role": "admin"})
    return sign_in_link(heed, agent_id, now, lasts=FIRST_LINK_LASTS)


def link_holds(heed: Heed, token: str, now: datetime) -> bool:
    """Say whether a sign-in link could be used now."""
    with heed.database.read() as db:
        return signin.link_holds(db, digest(token), now)


def use_link(heed: Heed, token: str, now: datetime) -> AgentRow | None:
    """Use a sign-in link up and return whose it is; None if it no longer holds or the person is switched off."""
    with heed.database.write() as db:
        agent_id = signin.use_link(db, digest(token), now)
        who = people.by_id(db, agent_id) if agent_id is not None else None
    return who if who is not None and who.active else None


def open_session(heed: Heed, who: AgentRow, browser: str, now: datetime, *, by: str) -> str:
    """Return the id of a new session, to be put into the cookie; `by` says how they signed in: password, link."""
    session_id = secrets.token_urlsafe(32)
    hashed = digest(session_id)
    with heed.database.write() as db:
        signin.add_session(
            db, hashed=hashed, agent_id=who.id, browser=browser[:200], now=now, ends_at=now + SESSION_LASTS
        )
        audit.append(db, Actor("agent", who.id, hashed[:16]), "signed in", who.id, now, change={"by": by})
    return session_id


def scope_of_session(heed: Heed, session_id: str, now: datetime) -> SignedIn | None:
    """Return who a session belongs to and what they may see; None if it ended, lay idle or the person is off."""
    hashed = digest(session_id)
    with heed.database.read() as db:
        row = signin.session_by_hash(db, hashed)
        brands = people.brands_of(db, row.agent.id) if row is not None else frozenset()
    if row is None or row.ended_at is not None or not row.agent.active:
        return None
    if now >= row.ends_at or now - row.seen_at > SESSION_IDLE:
        return None
    if now - row.seen_at > TOUCH_EVERY:
        with heed.database.write() as db:
            signin.touch_session(db, hashed, now)
    who = row.agent
    return SignedIn(who, Scope(who.role, brands, who.id), Actor("agent", who.id, hashed[:16]), hashed)


def renew_session(heed: Heed, me: SignedIn, browser: str, now: datetime) -> str:
    """Return a new session id in place of the one used now; called when what a session is worth has changed."""
    session_id = secrets.token_urlsafe(32)
    with heed.database.write() as db:
        row = signin.session_by_hash(db, me.through)
        ends_at = row.ends_at if row is not None else now + SESSION_LASTS
        signin.end_session(db, me.through, now)
        signin.add_session(
            db, hashed=digest(session_id), agent_id=me.agent.id, browser=browser[:200], now=now, ends_at=ends_at
        )
    return session_id


def sign_out(heed: Heed, me: SignedIn, now: datetime) -> None:
    """End the session used now, and its streams."""
    with heed.database.write() as db:
        signin.end_session(db, me.through, now)
        audit.append(db, me.actor, "signed out", me.agent.id, now)
    heed.notifier.publish([Change("session", agent=me.agent.id)])


def sign_out_everywhere(heed: Heed, me: SignedIn, now: datetime) -> None:
    """End every session of a person, this one included."""
    with heed.database.write() as db:
        signin.end_sessions(db, me.agent.id, now)
        audit.append(db, me.actor, "signed out everywhere", me.agent.id, now)
    heed.notifier.publish([Change("session", agent=me.agent.id)])


def end_one_session(heed: Heed, me: SignedIn, prefix: str, now: datetime) -> None:
    """End one of the person's own sessions, named by the first 16 characters of its hash."""
    with heed.database.write() as db:
        for row in signin.sessions_of(db, me.agent, now, now - SESSION_IDLE):
            if row.hash[:16] == prefix:
                signin.end_session(db, row.hash, now)
    heed.notifier.publish([Change("session", agent=me.agent.id)])


def sessions(heed: Heed, who: AgentRow, now: datetime) -> list[SessionRow]:
    """Return the sessions of a person that hold now, the last used first."""
    with heed.database.read() as db:
        return signin.sessions_of(db, who, now, now - SESSION_IDLE)


def _verify(hashed: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Return the hash that an unknown address is checked against, made once per process."""
    return PasswordHasher().hash(secrets.token_urlsafe(16))


def digest(shown: str) -> str:
    """Return what is stored of something that is shown once."""
    return sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()
