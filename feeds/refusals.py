"""Writes down the files that are refused on arrival, so that operators can tell their senders.

Nothing of such a file is kept, not even its name, which may hold a person's.
"""

import uuid
from enum import StrEnum
from typing import Final

from django.db import transaction

from audit import trail
from feeds.manifest import EnvelopeError
from feeds.models import RefusedFile

SIGHTINGS: Final = uuid.UUID("5b8e0b1e-0f0c-4c7c-9d6f-6f3c8f0a2f4d")


class CameBy(StrEnum):
    """The ways by which a file can arrive."""

    UPLOAD = "upload"
    DROP = "drop"
    COMMAND = "command"


NOT_SEALED: Final = EnvelopeError(
    "E-AGE",
    thing="the file is not sealed with age and was dropped unread",
    place="sealed file",
    cure="seal the file to the service's key and send it again",
)
NO_MANIFEST: Final = EnvelopeError(
    "M-01",
    thing="the manifest is larger than 64 KB and was dropped unread",
    place="manifest",
    cure="ask the supplier to make the manifest anew with seal_delivery",
)


def note_refusal(
    fault: EnvelopeError, *, came_by: CameBy, received_by: uuid.UUID | None = None, sighting: str = ""
) -> RefusedFile:
    """Keep that a file was refused, why, and what its sender has to do; in the trail as well.

    ``sighting`` tells one file lying somewhere from the next: the same one is written down once,
    however often a process dies over it.
    """
    pk = uuid.uuid5(SIGHTINGS, f"{came_by} {fault.code} {sighting}") if sighting else uuid.uuid4()
    told = {"code": fault.code[:12], "place": fault.place[:100], "message": fault.thing[:300], "cure": fault.cure[:300]}
    with transaction.atomic():
        refused, is_new = RefusedFile.objects.get_or_create(
            pk=pk, defaults={"came_by": came_by, "received_by": received_by, **told}
        )
        if is_new:
            trail.record(
                trail.Code.DELIVERY_REFUSED, reason_code=fault.code, object_type="refused_file", object_id=refused.pk
            )
    return refused
