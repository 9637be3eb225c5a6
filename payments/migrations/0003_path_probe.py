import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_difference_logcursor_refund_log_position_and_more"),
        ("regions", "0002_region_guarantee_in_all_region_guarantee_per_payment_and_more"),
    ]

    operations = [
        migrations.AddField(
            model_name="notaryhealth",
            name="restored_at",
            field=models.DateTimeField(null=True, verbose_name="last found to go on from an older copy"),
        ),
        migrations.CreateModel(
            name="PathProbe",
            fields=[
                (
                    "region",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="path_probe",
                        serialize=False,
                        to="regions.region",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "probe of a region's payments",
                "verbose_name_plural": "probes of the regions' payments",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_attempt_at__isnull", False),
                            ("answered_at__gte", models.F("asked_at")),
                            _connector="OR",
                        ),
                        name="path_probe_is_due_or_answered",
                    )
                ],
            },
        ),
    ]
