"""Refused editions"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('edition_refusal',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['site', 'id'], ['edition.site', 'edition.id'], name=op.f('fk_edition_refusal_site_edition')),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_edition_refusal'))
    )


def downgrade() -> None:
    op.drop_table('edition_refusal')
