"""Acts on devices"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('device_act',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('instrument', sa.String(length=64), nullable=False),
    sa.Column('act', sa.String(length=64), nullable=False),
    sa.Column('command', sa.String(length=200), nullable=False),
    sa.Column('after', sa.Integer(), nullable=False),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['site', 'instrument'], ['instrument.site', 'instrument.id'], name=op.f('fk_device_act_site_instrument')),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_device_act'))
    )
    op.create_index(op.f('ix_device_act_site_instrument'), 'device_act', ['site', 'instrument'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_device_act_site_instrument'), table_name='device_act')
    op.drop_table('device_act')
