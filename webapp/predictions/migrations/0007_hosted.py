"""What runs at a service of somebody else's, on a queue of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("predictions", "0006_needs_gpu")]

    operations = [
        migrations.AddField("prediction", "hosted", models.BooleanField(default=False)),
        migrations.AddField("workerstatus", "hosted", models.BooleanField(default=False)),
    ]
