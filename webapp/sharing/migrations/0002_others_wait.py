"""Who cancels what others wait for leaves it to them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="asked",
            name="waits",
            field=models.BooleanField(default=True),
        ),
    ]
