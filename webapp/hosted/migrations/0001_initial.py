"""People's keys and the hosted models' cards."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            "HostedKey",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visitor", models.CharField(max_length=32, unique=True)),
                ("sealed", models.TextField()),
                ("last_four", models.CharField(max_length=4)),
                ("since", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            "HostedModel",
            [
                ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("card", models.JSONField()),
                ("since", models.DateTimeField(auto_now=True)),
            ],
        ),
    ]
