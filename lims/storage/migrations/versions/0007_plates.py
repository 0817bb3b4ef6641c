"""Plates of 96 wells"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plate',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('item', sa.String(length=200), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('kit', sa.String(length=200), nullable=False),
    sa.Column('lot', sa.String(length=200), nullable=False),
    sa.Column('fit', sa.String(length=64), nullable=False),
    sa.Column('layout', lims.records.types.JsonText(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_plate'))
    )
    op.create_table('plate_read',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('plate', sa.String(length=64), nullable=False),
    sa.Column('instrument', sa.String(length=64), nullable=False),
    sa.Column('entry', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=64), nullable=False),
    sa.Column('compared', sa.Boolean(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['site', 'plate'], ['plate.site', 'plate.id'], name=op.f('fk_plate_read_site_plate')),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_plate_read'))
    )
    op.create_index(op.f('ix_plate_read_site_plate'), 'plate_read', ['site', 'plate'], unique=False)
    op.create_table('plate_figure',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('read', sa.String(length=64), nullable=False),
    sa.Column('well', sa.String(length=64), nullable=False),
    sa.Column('reading', sa.String(length=64), nullable=False),
    sa.Column('value', lims.records.types.DecimalText(), nullable=True),
    sa.ForeignKeyConstraint(['site', 'read'], ['plate_read.site', 'plate_read.id'], name=op.f('fk_plate_figure_site_read')),
    sa.ForeignKeyConstraint(['site', 'reading'], ['reading.site', 'reading.id'], name=op.f('fk_plate_figure_site_reading')),
    sa.PrimaryKeyConstraint('site', 'read', 'well', name=op.f('pk_plate_figure'))
    )
    op.create_table('plate_outcome',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('plate', sa.String(length=64), nullable=False),
    sa.Column('read', sa.String(length=64), nullable=False),
    sa.Column('fit', sa.String(length=64), nullable=False),
    sa.Column('counts', sa.Boolean(), nullable=False),
    sa.Column('layout', lims.records.types.JsonText(), nullable=False),
    sa.Column('figures', lims.records.types.JsonText(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.ForeignKeyConstraint(['site', 'plate'], ['plate.site', 'plate.id'], name=op.f('fk_plate_outcome_site_plate')),
    sa.ForeignKeyConstraint(['site', 'read'], ['plate_read.site', 'plate_read.id'], name=op.f('fk_plate_outcome_site_read')),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_plate_outcome'))
    )
    op.create_index(op.f('ix_plate_outcome_site_plate'), 'plate_outcome', ['site', 'plate'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_plate_outcome_site_plate'), table_name='plate_outcome')
    op.drop_table('plate_outcome')
    op.drop_table('plate_figure')
    op.drop_index(op.f('ix_plate_read_site_plate'), table_name='plate_read')
    op.drop_table('plate_read')
    op.drop_table('plate')
