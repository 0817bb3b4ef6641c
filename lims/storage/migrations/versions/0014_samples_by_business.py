"""Samples by the name of their business"""

from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_sample_site_business_name_id'), 'sample', ['site', 'business_name', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_sample_site_business_name_id'), table_name='sample')
