"""Verdicts that wait for review, found without a look at the others"""

import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    waiting = sa.text("state = 'to_review'")
    op.create_index('ix_verdict_waiting', 'verdict', ['site', 'word', 'id'], unique=False,
    sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_index('ix_verdict_waiting', table_name='verdict')
