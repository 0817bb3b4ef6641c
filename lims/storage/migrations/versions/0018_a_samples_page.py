"""A sample's receipts and what was said of its verdicts, found without a look at those of the others"""

from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_receipt_site_sample', 'receipt', ['site', 'sample'], unique=False)
    op.create_index('ix_review_site_verdict', 'review', ['site', 'verdict'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_review_site_verdict', table_name='review')
    op.drop_index('ix_receipt_site_sample', table_name='receipt')
