"""The searches of the caseload that officers keep."""

import uuid

from django.db import models

from access.models import Officer
from vault.fields import SealedCharField


class SavedSearch(models.Model):
    """A filter and order of the caseload under a name of the officer's own.

    The query holds codes only, as the form read them. The name is free text, so it is sealed.
    """

    sealed_subject = "officer_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="saved_searches")
    name = SealedCharField(label="custody.savedsearch.name", max_length=60)
    query = models.CharField(max_length=400)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["officer", "made_at"], name="savedsearch_of_officer")]

    def __str__(self) -> str:
        return f"saved search {self.pk}"
