"""Keeps the digest of each row as stated, and drops the indexes that repeat what a constraint's index does."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A national roll writes half a million entries fewer."""

    dependencies = [
        ("feeds", "0004_operators_desk_row_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="rowversion",
            name="stated_mac",
            field=models.BinaryField(max_length=16, null=True),
        ),
        migrations.AlterField(
            model_name="deliverymember",
            name="delivery",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="feeds.delivery"),
        ),
        migrations.AlterField(
            model_name="deliverymember",
            name="supplier",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="feeds.supplier"),
        ),
        migrations.AlterField(
            model_name="rowversion",
            name="record",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="feeds.sourcerecord",
            ),
        ),
        migrations.AlterField(
            model_name="sourcerecord",
            name="supplier",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="feeds.supplier"),
        ),
        migrations.AlterField(
            model_name="sourcetoken",
            name="record",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tokens",
                to="feeds.sourcerecord",
            ),
        ),
    ]
