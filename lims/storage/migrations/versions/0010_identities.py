"""Identities of instruments"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('identity',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('instrument', sa.String(length=64), nullable=False),
    sa.Column('serial', sa.String(length=64), nullable=False),
    sa.Column('line', lims.records.types.JsonText(), nullable=False),
    sa.Column('since', lims.records.types.UtcTime(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['site', 'instrument'], ['instrument.site', 'instrument.id'], name=op.f('fk_identity_site_instrument')),
    sa.PrimaryKeyConstraint('site', 'instrument', name=op.f('pk_identity'))
    )
    op.create_table('sighting',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('instrument', sa.String(length=64), nullable=False),
    sa.Column('line', lims.records.types.JsonText(), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['site', 'instrument'], ['instrument.site', 'instrument.id'], name=op.f('fk_sighting_site_instrument')),
    sa.PrimaryKeyConstraint('site', 'instrument', name=op.f('pk_sighting'))
    )


def downgrade() -> None:
    op.drop_table('sighting')
    op.drop_table('identity')
