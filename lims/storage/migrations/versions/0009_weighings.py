"""Weighings"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('weighing',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('portion', sa.String(length=64), nullable=False),
    sa.Column('reading', sa.String(length=64), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['site', 'portion'], ['portion.site', 'portion.id'], name=op.f('fk_weighing_site_portion')),
    sa.ForeignKeyConstraint(['site', 'reading'], ['reading.site', 'reading.id'], name=op.f('fk_weighing_site_reading')),
    sa.PrimaryKeyConstraint('site', 'portion', name=op.f('pk_weighing')),
    sa.UniqueConstraint('site', 'reading', name=op.f('uq_weighing_site_reading'))
    )


def downgrade() -> None:
    op.drop_table('weighing')
