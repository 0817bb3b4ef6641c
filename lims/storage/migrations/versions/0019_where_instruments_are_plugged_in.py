"""Where instruments are plugged in"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('connection',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('instrument', sa.String(length=64), nullable=False),
    sa.Column('station', sa.String(length=64), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['site', 'instrument'], ['instrument.site', 'instrument.id'], name=op.f('fk_connection_site_instrument')),
    sa.PrimaryKeyConstraint('site', 'instrument', name=op.f('pk_connection'))
    )


def downgrade() -> None:
    op.drop_table('connection')
