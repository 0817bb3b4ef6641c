"""What watches over the log"""

import sqlalchemy as sa
from alembic import op
import lims.records.types


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('station', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('what', sa.String(length=200), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_access'))
    )
    op.create_index(op.f('ix_access_site_subject'), 'access', ['site', 'subject'], unique=False)
    op.create_table('program',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('station', sa.String(length=64), nullable=False),
    sa.Column('build', sa.String(length=64), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('python', sa.String(length=64), nullable=False),
    sa.Column('system', sa.String(length=200), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_program'))
    )
    op.create_index(op.f('ix_program_site_station'), 'program', ['site', 'station'], unique=False)
    op.create_table('log_check',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('station', sa.String(length=64), nullable=False),
    sa.Column('ok', sa.Boolean(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('root', sa.String(length=64), nullable=False),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_log_check'))
    )
    op.create_index(op.f('ix_log_check_site_station_at'), 'log_check', ['site', 'station', 'at'], unique=False)
    op.create_table('trail_review',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('station', sa.String(length=64), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('outcome', sa.String(length=64), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_trail_review'))
    )
    op.create_index(op.f('ix_trail_review_site_station_seq'), 'trail_review', ['site', 'station', 'seq'], unique=False)
    op.create_table('erasure',
    sa.Column('site', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('commitments', sa.Text(), nullable=False),
    sa.Column('attachments', sa.Text(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('second', sa.String(length=64), nullable=False),
    sa.Column('second_proof', sa.String(length=64), nullable=False),
    sa.Column('at', lims.records.types.UtcTime(), nullable=False),
    sa.PrimaryKeyConstraint('site', 'id', name=op.f('pk_erasure'))
    )


def downgrade() -> None:
    op.drop_table('erasure')
    op.drop_index(op.f('ix_trail_review_site_station_seq'), table_name='trail_review')
    op.drop_table('trail_review')
    op.drop_index(op.f('ix_log_check_site_station_at'), table_name='log_check')
    op.drop_table('log_check')
    op.drop_index(op.f('ix_program_site_station'), table_name='program')
    op.drop_table('program')
    op.drop_index(op.f('ix_access_site_subject'), table_name='access')
    op.drop_table('access')
