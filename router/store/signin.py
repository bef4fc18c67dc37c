"""How people prove who they are: passwords, single-use links, sessions, tokens. Only hashes are kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, insert, select, update
from sqlalchemy.engine import Connection as Db

from router.store.ids import new_id
from router.store.people import AgentRow, as_agent
from router.store.schema import agent, api_token, credential, session, sign_in_link


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One signed-in browser."""

    hash: str
    agent: AgentRow
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    browser: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One API token; the token itself is known to its holder alone."""

    id: str
    agent: AgentRow
    name: str
    scopes: frozenset[str]
    brands: frozenset[str]  # ids; empty: all of the owner's
    created_at: datetime
    until: datetime | None
    used_at: datetime | None
    ended_at: datetime | None


def password_hash(db: Db, agent_id: str) -> str | None:
    """Return the argon2 hash of a person's password, None if they have none."""
    wanted = (credential.c.agent_id == agent_id) & (credential.c.kind == "password") & credential.c.retired_at.is_(None)
    return db.execute(select(credential.c.data).where(wanted)).scalar()


def put_password(db: Db, agent_id: str, hashed: str, now: datetime) -> None:
    """Let this be a person's password; the hash of the one before is not kept."""
    wanted = (credential.c.agent_id == agent_id) & (credential.c.kind == "password") & credential.c.retired_at.is_(None)
    db.execute(update(credential).where(wanted).values(retired_at=now, data=""))
    db.execute(insert(credential).values(id=new_id(), agent_id=agent_id, kind="password", data=hashed, created_at=now))


def add_link(db: Db, *, hashed: str, agent_id: str, now: datetime, until: datetime) -> None:
    """Store a sign-in link that works once, until a moment."""
    db.execute(insert(sign_in_link).values(hash=hashed, agent_id=agent_id, created_at=now, until=until, used_at=None))


def use_link(db: Db, hashed: str, now: datetime) -> str | None:
    """Use a sign-in link up and return whose it is; None if it does not exist, was used or is too old."""
    good = (sign_in_link.c.hash == hashed) & sign_in_link.c.used_at.is_(None) & (sign_in_link.c.until > now)
    if db.execute(update(sign_in_link).where(good).values(used_at=now)).rowcount != 1:
        return None
    return db.execute(select(sign_in_link.c.agent_id).where(sign_in_link.c.hash == hashed)).scalar()


def link_holds(db: Db, hashed: str, now: datetime) -> bool:
    """Say whether a sign-in link could be used now, without using it."""
    good = (sign_in_link.c.hash == hashed) & sign_in_link.c.used_at.is_(None) & (sign_in_link.c.until > now)
    return db.execute(select(sign_in_link.c.hash).where(good)).first() is not None


def end_links(db: Db, agent_id: str, now: datetime) -> None:
    """Let no link of a person work any more."""
    open_ones = (sign_in_link.c.agent_id == agent_id) & sign_in_link.c.used_at.is_(None)
    db.execute(update(sign_in_link).where(open_ones).values(used_at=now))


def add_session(db: Db, *, hashed: str, agent_id: str, browser: str, now: datetime, ends_at: datetime) -> None:
    """Store a signed-in browser."""
    db.execute(
        insert(session).values(
            hash=hashed, agent_id=agent_id, created_at=now, seen_at=now, ends_at=ends_at, ended_at=None, browser=browser
        )
    )


def session_by_hash(db: Db, hashed: str) -> SessionRow | None:
    """Return a session with its person, whether it still holds or not."""
    row = db.execute(select(session).where(session.c.hash == hashed)).first()
    if row is None:
        return None
    who = as_agent(db.execute(select(agent).where(agent.c.id == row.agent_id)).one())
    return SessionRow(row.hash, who, row.created_at, row.seen_at, row.ends_at, row.ended_at, row.browser)


def sessions_of(db: Db, who: AgentRow, now: datetime, seen_after: datetime) -> list[SessionRow]:
    """Return the sessions of a person that hold now, the last used first."""
    live = (session.c.agent_id == who.id) & session.c.ended_at.is_(None) & (session.c.ends_at > now)
    rows = db.execute(
        select(session).where(live, session.c.seen_at > seen_after).order_by(session.c.seen_at.desc())
    ).all()
    return [SessionRow(r.hash, who, r.created_at, r.seen_at, r.ends_at, r.ended_at, r.browser) for r in rows]


def touch_session(db: Db, hashed: str, now: datetime) -> None:
    """Record that a session was used just now."""
    db.execute(update(session).where(session.c.hash == hashed).values(seen_at=now))


def end_session(db: Db, hashed: str, now: datetime) -> None:
    """Sign one browser out."""
    db.execute(update(session).where(session.c.hash == hashed, session.c.ended_at.is_(None)).values(ended_at=now))


def end_sessions(db: Db, agent_id: str, now: datetime, *, but: str = "") -> None:
    """Sign a person out everywhere, except from the session of hash `but`."""
    others = (session.c.agent_id == agent_id) & session.c.ended_at.is_(None) & (session.c.hash != but)
    db.execute(update(session).where(others).values(ended_at=now))


def add_token(
    db: Db,
    *,
    agent_id: str,
    hashed: str,
    name: str,
    scopes: Collection[str],
    brands: Collection[str],
    now: datetime,
    until: datetime | None,
) -> str:
    """Store a token and return its id."""
    token_id = new_id()
    db.execute(
        insert(api_token).values(
            id=token_id,
            agent_id=agent_id,
            hash=hashed,
            name=name,
            scopes=" ".join(sorted(scopes)),
            brands=" ".join(sorted(brands)),
            created_at=now,
            until=until,
            used_at=None,
            ended_at=None,
        )
    )
    return token_id


def token_by_hash(db: Db, hashed: str) -> TokenRow | None:
    """Return a token with its owner, whether it still holds or not."""
    row = db.execute(select(api_token).where(api_token.c.hash == hashed)).first()
    if row is None:
        return None
    person = db.execute(select(agent).where(agent.c.id == row.agent_id)).one()
    return _as_token(row, as_agent(person))


def tokens_of(db: Db, who: AgentRow) -> list[TokenRow]:
    """Return the tokens of a person that were not ended, the newest first."""
    live = (api_token.c.agent_id == who.id) & api_token.c.ended_at.is_(None)
    rows = db.execute(select(api_token).where(live).order_by(api_token.c.created_at.desc(), api_token.c.id)).all()
    return [_as_token(row, who) for row in rows]


def touch_token(db: Db, token_id: str, now: datetime) -> None:
    """Record that a token was used just now."""
    db.execute(update(api_token).where(api_token.c.id == token_id).values(used_at=now))


def end_token(db: Db, agent_id: str, token_id: str, now: datetime) -> bool:
    """End one token of a person; say whether there was one to end."""
    live = (api_token.c.id == token_id) & (api_token.c.agent_id == agent_id) & api_token.c.ended_at.is_(None)
    return db.execute(update(api_token).where(live).values(ended_at=now)).rowcount == 1


def end_tokens(db: Db, agent_id: str, now: datetime) -> None:
    """End every token of a person."""
    live = (api_token.c.agent_id == agent_id) & api_token.c.ended_at.is_(None)
    db.execute(update(api_token).where(live).values(ended_at=now))


def _as_token(row: Row[tuple[object, ...]], who: AgentRow) -> TokenRow:
    return TokenRow(
        id=row.id,
        agent=who,
        name=row.name,
        scopes=frozenset(row.scopes.split()),
        brands=frozenset(row.brands.split()),
        created_at=row.created_at,
        until=row.until,
        used_at=row.used_at,
        ended_at=row.ended_at,
    )
