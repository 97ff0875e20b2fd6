"""What needs a GPU, and which workers have one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("predictions", "0005_pairs_and_junctions")]

    operations = [
        migrations.AddField("prediction", "needs_gpu", models.BooleanField(default=False)),
        migrations.AddField("workerstatus", "gpu", models.BooleanField(default=False)),
    ]
