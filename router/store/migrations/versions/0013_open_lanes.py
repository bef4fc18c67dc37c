"""Open lanes: one may have been closed while it was filled; housework closes those that are empty."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("UPDATE lane SET open = true WHERE NOT open")
