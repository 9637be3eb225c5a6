"""The notary's four tables. `notary.stores.postgres` is the only code that reads or writes them."""

from django.db import models
from django.db.models import F, Q


class Head(models.Model):
    """Where the log ends. The only row; its lock is the line in which batches stand."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField()
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(name="notary_head_is_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"log to position {self.position}"


class Account(models.Model):
    """One voucher of one platform, in yen: never more is spent than it is worth, whatever the code does."""

    pk = models.CompositePrimaryKey("platform", "voucher")
    platform = models.CharField(max_length=40)
    voucher = models.UUIDField()
    face = models.BigIntegerField()
    spent = models.BigIntegerField()
    is_closed = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notary_account_spent_within_face", condition=Q(spent__gte=0) & Q(spent__lte=F("face"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform}/{self.voucher}"


class Batch(models.Model):
    """A link of the chain: the header as it was signed, and its leaves' hashes. Never changed."""

    number = models.BigIntegerField(primary_key=True)
    first_position = models.BigIntegerField(unique=True)
    count = models.IntegerField()
    header = models.TextField()
    signature = models.CharField(max_length=88)
    leaves = models.BinaryField()

    def __str__(self) -> str:
        return f"batch {self.number}"


class Decision(models.Model):
    """The one decision on an id of a platform: the leaf as it was signed. Never changed.

    The other columns are what the leaf is found by.
    """

    position = models.BigIntegerField(primary_key=True)
    # No foreign key: it would be checked row by row at every commit, for a row that the same
    # transaction has just written and that no one can delete.
    batch = models.BigIntegerField()
    platform = models.CharField(max_length=40)
    request_id = models.UUIDField()
    transaction = models.UUIDField(null=True)
    leaf = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "request_id"], name="notary_one_decision_per_id")]
        indexes = [
            models.Index(fields=["platform", "position"], name="notary_log_of_platform"),
            models.Index(
                fields=["platform", "transaction"],
                name="notary_reversals",
                condition=Q(transaction__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform}/{self.request_id}"
