"""Tiles of a band's edges beside those of the values."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("predictions", "0002_external_storage")]

    operations = [
        migrations.AddField("predictedtrack", "has_band", models.BooleanField(default=False)),
        migrations.RemoveConstraint("tile", "one_tile_per_place"),
        migrations.AddField("tile", "edge", models.CharField(blank=True, default="", max_length=4)),
        migrations.AddConstraint(
            "tile",
            models.UniqueConstraint(fields=["track", "edge", "level", "summary", "index"], name="one_tile_per_place"),
        ),
    ]
