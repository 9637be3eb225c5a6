"""The database itself refuses to change or remove what has been decided."""

from django.db import migrations

# One statement each: this service prepares what it sends, and a prepared statement is a single one.
CREATE = [
    """
    CREATE FUNCTION notary_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'what the notary has decided is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END
    $$
    """,
    """
    CREATE TRIGGER notary_decision_append_only BEFORE UPDATE OR DELETE ON notary_decision
      FOR EACH ROW EXECUTE FUNCTION notary_refuse_change()
    """,
    """
    CREATE TRIGGER notary_batch_append_only BEFORE UPDATE OR DELETE ON notary_batch
      FOR EACH ROW EXECUTE FUNCTION notary_refuse_change()
    """,
]

DROP = [
    "DROP TRIGGER notary_batch_append_only ON notary_batch",
    "DROP TRIGGER notary_decision_append_only ON notary_decision",
    "DROP FUNCTION notary_refuse_change()",
]


class Migration(migrations.Migration):
    dependencies = [("notary", "0001_books")]

    operations = [migrations.RunSQL(CREATE, DROP)]
