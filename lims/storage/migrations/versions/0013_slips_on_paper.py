"""Slips on paper"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('slip_print',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('slip', sa.String(length=64), nullable=False),
    sa.Column('form', sa.String(length=64), nullable=False),
    sa.Column('printer', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('failed', sa.String(length=64), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['site', 'slip'], ['certificate.site', 'certificate.id'], name=op.f('fk_slip_print_site_slip')),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_slip_print'))
    )
    op.create_index(op.f('ix_slip_print_site_slip'), 'slip_print', ['site', 'slip'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_slip_print_site_slip'), table_name='slip_print')
    op.drop_table('slip_print')
