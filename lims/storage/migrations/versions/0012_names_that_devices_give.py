"""Names that devices give"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('device_name',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('profile', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('said', sa.String(length=200), nullable=False),
    sa.Column('ours', sa.String(length=64), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'profile', 'kind', 'said', name=op.f('pk_device_name'))
    )


def downgrade() -> None:
    op.drop_table('device_name')
