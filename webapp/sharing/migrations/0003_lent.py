"""What a link lends beside its result: the saturation in its panel; and by which link a copy was made, whose files it goes on reading."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0004_request"), ("sharing", "0002_others_wait")]

    operations = [
        migrations.AddField(
            "asked",
            "link",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="copies",
                to="sharing.view",
            ),
        ),
        migrations.AddField(
            "view",
            "saturation",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="beside",
                to="scoring.scorejob",
            ),
        ),
    ]
