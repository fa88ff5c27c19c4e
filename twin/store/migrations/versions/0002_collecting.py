"""Marks by the author, options and the last look at a source, and what a scan finds in a text."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marks",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("marked", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document", "field"),
    )
    op.add_column("sources", sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("sources", sa.Column("seen", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("documents", sa.Column("truncated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("documents", sa.Column("visibility", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("documents", sa.Column("runs", sa.LargeBinary(), nullable=False, server_default=""))
    op.add_column("documents", sa.Column("scans", sa.String(length=16), nullable=False, server_default=""))
