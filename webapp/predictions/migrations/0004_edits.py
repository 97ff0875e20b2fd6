"""Edits of a prediction's sequence."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("predictions", "0003_band")]

    operations = [
        migrations.AddField("prediction", "edits", models.JSONField(default=list)),
        migrations.AddField("prediction", "tail", models.TextField(blank=True, default="")),
        migrations.AddField("prediction", "edited_bp", models.BigIntegerField(null=True)),
    ]
