"""Samples that the county gave back"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('given_back',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('sample', sa.String(length=64), nullable=False),
    sa.Column('to', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_given_back'))
    )
    op.create_index(op.f('ix_given_back_site_sample'), 'given_back', ['site', 'sample'], unique=False)
    op.create_index(op.f('ix_given_back_site_to'), 'given_back', ['site', 'to'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_given_back_site_to'), table_name='given_back')
    op.drop_index(op.f('ix_given_back_site_sample'), table_name='given_back')
    op.drop_table('given_back')
