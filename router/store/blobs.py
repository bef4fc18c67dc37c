"""Attachments and large bodies: bytes by content hash, in chunks, counted by who refers to them."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update

from router.store import bulk
from router.store.db import Connection
from router.store.ids import new_id
from router.store.schema import blob, blob_chunk

CHUNK = 256 * 1024  # bytes


def put(db: Connection, brand_id: str, data: bytes, now: datetime) -> str:
    """Store bytes once per brand, count one reference, and return the blob's id."""
    digest = sha256(data).hexdigest()
    made = new_id()
    row = {"id": made, "brand_id": brand_id, "sha256": digest, "size": len(data), "refs": 0, "created_at": now}
    bulk.add_new(db, blob, [row])
    same = (blob.c.brand_id == brand_id) & (blob.c.sha256 == digest)
    blob_id: str = db.execute(update(blob).where(same).values(refs=blob.c.refs + 1).returning(blob.c.id)).scalar_one()
    if blob_id == made:
        pieces = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
        chunks = [{"blob_id": blob_id, "seq": seq, "data": piece} for seq, piece in enumerate(pieces)]
        bulk.add_values(db, blob_chunk, chunks)
    return blob_id


def read(db: Connection, blob_id: str) -> bytes:
    """Return the bytes of one blob; empty if it is gone."""
    query = select(blob_chunk.c.data).where(blob_chunk.c.blob_id == blob_id).order_by(blob_chunk.c.seq)
    return b"".join(db.execute(query).scalars())


def drop(db: Connection, blob_id: str) -> None:
    """Take one reference back, and erase the bytes with the last one."""
    left = db.execute(
        update(blob).where(blob.c.id == blob_id).values(refs=blob.c.refs - 1).returning(blob.c.refs)
    ).scalar()
    if left is not None and left <= 0:
        db.execute(delete(blob_chunk).where(blob_chunk.c.blob_id == blob_id))
        db.execute(delete(blob).where(blob.c.id == blob_id))


def total(db: Connection) -> int:
    """Return how many bytes are stored."""
    return int(db.execute(select(func.coalesce(func.sum(blob.c.size), 0))).scalar_one())
