"""What each type of release date means, in the words of pages, and whether somebody leaves prison on it.

Source: domain.md a.4.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple


class Releases(StrEnum):
    """Whether somebody leaves prison on a date of the type."""

    YES = "yes"
    AT_THE_END = "at the end"
    IF_GRANTED = "if granted"
    REMOVAL = "removal"
    FOR_A_TIME = "for a time"
    NO = "no"

    @property
    def label(self) -> str:
        """Return the words of the table of dates."""
        return RELEASES_WORDS[self]


class DateMeaning(NamedTuple):
    """What pages say of a type: its name, what happens on the day, and whether the person leaves prison."""

    label: str
    words: str
    releases: Releases


RELEASES_WORDS: Final[Mapping[Releases, str]] = MappingProxyType(
    {
        Releases.YES: "Releases",
        Releases.AT_THE_END: "Releases if nothing has before",
        Releases.IF_GRANTED: "Releases only if it is granted",
        Releases.REMOVAL: "Removes from the country",
        Releases.FOR_A_TIME: "Lets out for a time",
        Releases.NO: "Does not release",
    }
)
DATE_MEANINGS: Final[Mapping[str, DateMeaning]] = MappingProxyType(
    {
        "CONFIRMED": DateMeaning("Confirmed release", "The prison has fixed the day of release.", Releases.YES),
        "APD": DateMeaning("Approved parole (APD)", "The Parole Board has approved release.", Releases.YES),
        "HDCAD": DateMeaning(
            "Approved curfew (HDCAD)", "Release with a tag, on home detention curfew, is approved.", Releases.YES
        ),
        "ARD": DateMeaning("Automatic release (ARD)", "Release without conditions, by law.", Releases.YES),
        "CRD": DateMeaning("Conditional release (CRD)", "Release on licence, by law.", Releases.YES),
        "NPD": DateMeaning(
            "Non-parole release (NPD)",
            "Release on licence of somebody refused parole, under the Act of 1991.",
            Releases.YES,
        ),
        "PRRD": DateMeaning("Release after recall (PRRD)", "The time after a recall ends.", Releases.YES),
        "MTD": DateMeaning(
            "Mid-term transfer of a detention and training order (MTD)",
            "The custody part of the order ends and supervision begins.",
            Releases.YES,
        ),
        "RELEASE": DateMeaning(
            "Release date as the prison states it", "The date by which the prison itself reckons release.", Releases.YES
        ),
        "SED": DateMeaning("Sentence expiry (SED)", "The whole sentence has been served.", Releases.AT_THE_END),
        "SLED": DateMeaning(
            "Sentence and licence expiry (SLED)", "Sentence and licence end on one day.", Releases.AT_THE_END
        ),
        "HDCED": DateMeaning(
            "Curfew eligibility (HDCED)", "Release with a tag may be asked for from this day on.", Releases.IF_GRANTED
        ),
        "HDCED4PLUS": DateMeaning(
            "Curfew eligibility, four years and more (HDCED4PLUS)",
            "An older rule for long sentences; kept for history.",
            Releases.IF_GRANTED,
        ),
        "PED": DateMeaning("Parole eligibility (PED)", "Parole may be granted from this day on.", Releases.IF_GRANTED),
        "TARIFF": DateMeaning(
            "Tariff, the minimum term of a life sentence",
            "The Parole Board may consider release from this day on; nobody is released by it.",
            Releases.IF_GRANTED,
        ),
        "LED": DateMeaning("Licence expiry (LED)", "Supervision on licence ends.", Releases.NO),
        "TUSED": DateMeaning("Top-up supervision expiry (TUSED)", "Supervision after the sentence ends.", Releases.NO),
        "ETD": DateMeaning(
            "Early transfer of a detention and training order (ETD)",
            "The order’s custody may end up to two months early.",
            Releases.IF_GRANTED,
        ),
        "LTD": DateMeaning(
            "Late transfer of a detention and training order (LTD)",
            "The order’s custody may be made up to two months longer.",
            Releases.IF_GRANTED,
        ),
        "DPRRD": DateMeaning(
            "Release after recall to a detention and training order (DPRRD)",
            "The time after a recall to the order ends.",
            Releases.YES,
        ),
        "ERSED": DateMeaning(
            "Early removal eligibility (ERSED)", "A foreign national may be removed from this day on.", Releases.REMOVAL
        ),
        "TERSED": DateMeaning(
            "Removal after the tariff (TERSED)",
            "A foreign national with a life sentence may be removed from this day on.",
            Releases.REMOVAL,
        ),
        "ROTL": DateMeaning(
            "Release on temporary licence (ROTL)", "Leave for a time is possible from this day on.", Releases.FOR_A_TIME
        ),
        "ESED": DateMeaning("Effective sentence end (ESED)", "An aid to reckoning.", Releases.NO),
        "NCRD": DateMeaning("Notional conditional release (NCRD)", "An aid to reckoning.", Releases.NO),
        "STATED": DateMeaning(
            "Earliest release date as the prison states it",
            "The earliest of the prison’s dates, eligibility included. Shown, and never counts.",
            Releases.NO,
        ),
    }
)
