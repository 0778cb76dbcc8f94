"""Read the legal status that a prison states and say how the custody timeline draws it."""

import re
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType


class LegalStatus(StrEnum):
    """Why the law holds somebody, in the words of the prison system."""

    RECALL = "RECALL"
    DEAD = "DEAD"
    INDETERMINATE_SENTENCE = "INDETERMINATE_SENTENCE"
    SENTENCED = "SENTENCED"
    CONVICTED_UNSENTENCED = "CONVICTED_UNSENTENCED"
    CIVIL_PRISONER = "CIVIL_PRISONER"
    IMMIGRATION_DETAINEE = "IMMIGRATION_DETAINEE"
    REMAND = "REMAND"
    UNKNOWN = "UNKNOWN"
    OTHER = "OTHER"

    @property
    def label(self) -> str:
        """Return the words that pages show."""
        return LABELS[self]

    @property
    def band(self) -> "Band":
        """Return how the custody timeline draws a period of this status."""
        return BANDS.get(self, Band.OTHER)

    @property
    def is_remand(self) -> bool:
        """Say whether no sentence has been passed yet, so that no release date can be reckoned."""
        return self.band is Band.REMAND

    @property
    def is_indeterminate(self) -> bool:
        """Say whether the sentence has no end, so that only the Parole Board can release."""
        return self is LegalStatus.INDETERMINATE_SENTENCE

    @property
    def is_recall(self) -> bool:
        """Say whether the person was called back to prison from a licence."""
        return self is LegalStatus.RECALL


class Band(StrEnum):
    """The kinds of bar on the custody timeline."""

    SENTENCED = "sentenced"
    INDETERMINATE = "indeterminate"
    REMAND = "remand"
    RECALLED = "recalled"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the words of the timeline's legend."""
        return BAND_LABELS[self]


LABELS = MappingProxyType(
    {
        LegalStatus.RECALL: "Recalled",
        LegalStatus.DEAD: "Died",
        LegalStatus.INDETERMINATE_SENTENCE: "Indeterminate sentence",
        LegalStatus.SENTENCED: "Sentenced",
        LegalStatus.CONVICTED_UNSENTENCED: "Convicted, not yet sentenced",
        LegalStatus.CIVIL_PRISONER: "Civil prisoner",
        LegalStatus.IMMIGRATION_DETAINEE: "Immigration detainee",
        LegalStatus.REMAND: "On remand",
        LegalStatus.UNKNOWN: "Not known",
        LegalStatus.OTHER: "Other",
    }
)
BANDS = MappingProxyType(
    {
        LegalStatus.RECALL: Band.RECALLED,
        LegalStatus.INDETERMINATE_SENTENCE: Band.INDETERMINATE,
        LegalStatus.SENTENCED: Band.SENTENCED,
        # Convicted but not sentenced is still held on remand: there is no sentence to serve yet.
        LegalStatus.CONVICTED_UNSENTENCED: Band.REMAND,
        LegalStatus.REMAND: Band.REMAND,
    }
)
BAND_LABELS = MappingProxyType(
    {
        Band.SENTENCED: "Sentenced",
        Band.INDETERMINATE: "Indeterminate sentence",
        Band.REMAND: "On remand",
        Band.RECALLED: "Recalled",
        Band.OTHER: "Other",
    }
)
# Spellings met beside the codes themselves, after capitals and underscores.
SPELLINGS = MappingProxyType(
    {
        "RECALLED": LegalStatus.RECALL,
        "DIED": LegalStatus.DEAD,
        "INDETERMINATE": LegalStatus.INDETERMINATE_SENTENCE,
        "CONVICTED_NOT_YET_SENTENCED": LegalStatus.CONVICTED_UNSENTENCED,
        "CIVIL": LegalStatus.CIVIL_PRISONER,
        "IMMIGRATION": LegalStatus.IMMIGRATION_DETAINEE,
        "ON_REMAND": LegalStatus.REMAND,
        "REMANDED": LegalStatus.REMAND,
        "NOT_KNOWN": LegalStatus.UNKNOWN,
    }
)


@lru_cache(maxsize=64)  # a closed list of words, asked for with every fact
def parse_legal_status(text: str) -> LegalStatus | None:
    """Return the legal status that a text states, as code or in words, or None when it is on neither list.

    Source: domain.md a.3; feeds.md 10, ruling 7.
    """
    code = re.sub(r"[^A-Z]+", "_", text.upper()).strip("_")
    if code in SPELLINGS:
        return SPELLINGS[code]
    return LegalStatus(code) if code in LegalStatus.__members__ else None
