"""Where the colours of a contact map end; maps and junctions are kept as tiles."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("predictions", "0004_edits")]

    operations = [migrations.AddField("predictedtrack", "scale", models.FloatField(null=True))]
