"""Programmes and vouchers that were there before: their budget's row, and the municipality's money."""

from django.db import migrations

BUDGETS = """
    INSERT INTO vouchers_programmebudget (programme_id, region_id, budget, committed)
    SELECT programme.id, programme.region_id, NULL, coalesce(sum(voucher.face), 0)
    FROM vouchers_programme AS programme
        LEFT JOIN vouchers_tickettype AS ticket_type ON ticket_type.programme_id = programme.id
        LEFT JOIN vouchers_voucher AS voucher ON voucher.ticket_type_id = ticket_type.id
    GROUP BY programme.id
    ON CONFLICT DO NOTHING
"""
FUNDING = """
    INSERT INTO vouchers_voucherfunding (id, region_id, voucher_id, source, amount)
    SELECT gen_random_uuid(), region_id, id, 'city', face FROM vouchers_voucher
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0003_units_budget_and_funding")]

    operations = [
        migrations.RunSQL(BUDGETS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNDING, migrations.RunSQL.noop),
    ]
