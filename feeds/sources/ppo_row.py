"""The typed view of a PPO row's stored content."""

from dataclasses import dataclass
from datetime import date

from feeds.sources.rows import Content


@dataclass(frozen=True, slots=True)
class PpoRow:
    """What one row of a PPO list says. Texts are empty and dates None where it says nothing.

    ``strand`` and ``status`` are the codes of feeds.md 5; ``sex``: M, F, NK, NS; ``mappa_level``: 1 to 3;
    ``sex_offender``: Y or N.
    ``aliases`` read SURNAME, FORENAMES each.
    """

    ppo_reference: str
    csp_code: str
    strand: str
    status: str
    adopted_on: date | None
    removed_on: date | None
    removal_reason: str
    pnc_id: str
    cro_number: str
    noms_number: str
    surname: str
    forenames: str
    date_of_birth: date | None
    sex: str
    aliases: tuple[str, ...]
    lead_officer: str
    mappa_level: str
    sex_offender: str
    address: str
    postcode: str


def ppo_row(content: Content) -> PpoRow:
    """Return the typed view of a stored row.

    Source: feeds.md 5; the keys are listed in docs/feeds/ppo.md.
    """
    return PpoRow(
        ppo_reference=_text(content, "reference"),
        csp_code=_text(content, "area"),
        strand=_text(content, "strand"),
        status=_text(content, "status"),
        adopted_on=_day(content, "adopted"),
        removed_on=_day(content, "removed"),
        removal_reason=_text(content, "removal_reason"),
        pnc_id=_text(content, "pnc"),
        cro_number=_text(content, "cro"),
        noms_number=_text(content, "number"),
        surname=_text(content, "surname"),
        forenames=_text(content, "forenames"),
        date_of_birth=_day(content, "born"),
        sex=_text(content, "sex"),
        aliases=tuple(content.get("aliases", ())),
        lead_officer=_text(content, "lead"),
        mappa_level=_text(content, "mappa"),
        sex_offender=_text(content, "sex_offender"),
        address=_text(content, "address"),
        postcode=_text(content, "postcode"),
    )


def _text(content: Content, key: str) -> str:
    value = content.get(key, "")
    return value if isinstance(value, str) else ""


def _day(content: Content, key: str) -> date | None:
    text = _text(content, key)
    return date.fromisoformat(text) if text else None
