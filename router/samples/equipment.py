"""Equips the sample desk: the company's name, queues, skills, people, connections, texts, all starter rules."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from channels import adapter
from channels.types import Connection
from router import equipping, publishing, staffing
from router.app import Heed
from router.model import SYSTEM
from router.notify import Change
from router.samples.people import (
    ADMIN_LEVELS,
    COLLEAGUES,
    COMPANY,
    CONNECTIONS,
    QUEUES,
    SKILLS,
    TEMPLATES,
    ZONE,
    Colleague,
)
from router.store import audit, connections, desk, people, samples, templates
from router.store.audit import Actor
from router.store.db import Connection as Db
from rules.starter import starter_text

SAMPLE = Actor("heed", "sample")


def equip(heed: Heed, loader: str | None, site: str, now: datetime) -> dict[str, Colleague]:
    """Give the first brand all that the sample needs; what is there stays. Return the people by their ids."""
    brand_id = equipping.ensure_desk(heed, now)
    with heed.database.write() as db:
        samples.rename_brand(db, brand_id, COMPANY, ZONE)
        for name in SKILLS:
            equipping.put_skill(db, name, now)
        for name, topic, answer_s in QUEUES:
            if desk.queue_by_name(db, brand_id, name) is None:
                desk.add_queue(db, brand_id=brand_id, name=name, mode="pull", topic=topic, answer_s=answer_s, now=now)
        for kind, name, language, text in TEMPLATES:
            templates.add(db, brand_id, kind, name, language, text, now)
        _connect(heed, db, brand_id, site, now)
        if loader is not None:
            held = people.skills(db, loader).get(loader, {})
            people.put_skills(db, loader, {**ADMIN_LEVELS, **held}, now)
        audit.append(db, SAMPLE, "sample desk equipped", brand_id, now, brand_id=brand_id)
    if publishing.live_source(heed, brand_id) != starter_text():
        publishing.publish(heed, SAMPLE, SYSTEM, brand_id, starter_text(), "The starter rules in full", now)
    crew = _hire(heed, brand_id, now)
    heed.notifier.publish([Change("desk", brand=brand_id)])
    return crew


def connections_of(heed: Heed) -> dict[str, tuple[str, Connection]]:
    """Return the sample's connections: channel -> id and settings."""
    names = {name for _, name, _ in CONNECTIONS}
    with heed.database.read() as db:
        rows = connections.seen_by(db, heed.vault, SYSTEM)
    return {row.connection.channel: (row.id, row.connection) for row in rows if row.connection.name in names}


def _connect(heed: Heed, db: Db, brand_id: str, site: str, now: datetime) -> None:
    """Add the connections as they are: no platform is told of them, for none of them exists there."""
    held = {row.connection.name for row in connections.seen_by(db, heed.vault, SYSTEM)}
    for channel, name, settings in CONNECTIONS:
        if name in held:
            continue
        about = adapter(channel).INFO
        given: Mapping[str, str] = {key: value.replace("{site}", site) for key, value in settings.items()}
        usual = {setting.name: setting.default for setting in about.settings if setting.default}
        secret_ones = frozenset(setting.name for setting in about.settings if setting.secret)
        connection_id = connections.add(
            db, brand_id=brand_id, key=secrets.token_hex(13), channel=channel, name=name, queue_id=None, now=now
        )
        connections.put_settings(db, heed.vault, connection_id, {**usual, **given}, secret_ones, now)
        connections.add_secret(db, heed.vault, connection_id, secrets.token_urlsafe(32), now)


def _hire(heed: Heed, brand_id: str, now: datetime) -> dict[str, Colleague]:
    found: dict[str, Colleague] = {}
    for colleague in COLLEAGUES:
        with heed.database.read() as db:
            known = people.by_email(db, colleague.email)
        if known is not None:
            found[known.id] = colleague
            continue
        agent_id, _link = staffing.add_person(
            heed,
            SAMPLE,
            email=colleague.email,
            name=colleague.name,
            role=colleague.role,
            now=now,
            skills=colleague.levels,
            brands=[brand_id],
            channels=colleague.channels,
            zone=ZONE,
        )
        found[agent_id] = colleague
    return found
