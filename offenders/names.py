"""Compare and show names as people, courts and prisons write them."""

import re
import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not take apart into a base letter and a mark.
WHOLE_LETTERS = str.maketrans({"Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH"})
HYPHENS = re.compile(r"[-\u2010\u2011\u2012\u2013\u2014\u2212]")
# A particle belongs to the word after it: AL-HASSAN is one name and not a marriage of AL and HASSAN.
PARTICLES = frozenset(
    {"ABU", "AL", "BIN", "D", "DE", "DEL", "DI", "EL", "LA", "LE", "MAC", "MC", "O", "SAINT", "ST", "UL", "VAN"}
)
SHORTEST_STEM = 3
WORD_START = re.compile(r"(?<![^\W\d_])(mc(?=[^\W\d_]{2}))?([^\W\d_])")
APOSTROPHE_S = re.compile(r"(?<=['\u2019])S\b")


def normalise(name: str) -> str:
    """Return a name as bare capitals: no marks, blanks, hyphens or apostrophes (`O'Neíll` is `ONEILL`)."""
    if name.isascii() and name.isalpha():
        return name.upper()
    decomposed = unicodedata.normalize("NFKD", name).upper().translate(WHOLE_LETTERS)
    return "".join(letter for letter in decomposed if letter.isalpha())


def surname_key(surname: str) -> str:
    """Return the form in which spellings of one surname are equal: MAC as MC, SAINT as ST.

    A prefix gives way only before three letters or more, so that `Mace` stays apart from `McE`.
    """
    letters = normalise(surname)
    for long, short in (("MAC", "MC"), ("SAINT", "ST")):
        if letters.startswith(long) and len(letters) - len(long) >= SHORTEST_STEM:
            return short + letters[len(long) :]
    return letters


def surname_parts(surname: str) -> frozenset[str]:
    """Return the keys under which a surname may be met: the whole and each part of a hyphenated one."""
    parts: list[str] = []
    prefix = ""
    for word in HYPHENS.split(surname):
        prefix += word
        if normalise(word) not in PARTICLES:
            parts.append(prefix)
            prefix = ""
    keys = (surname_key(part) for part in (surname, *parts))
    return frozenset(key for key in keys if key)


def same_surname(a: str, b: str) -> bool:
    """Say whether two surnames may be one person's: equal, or one is a part of the other's double name."""
    return not surname_parts(a).isdisjoint(surname_parts(b))


def first_forename(forenames: str | Iterable[str]) -> str:
    """Return the first forename in bare capitals, empty when there is none."""
    words = _words(forenames)
    return normalise(words[0]) if words else ""


def initials(forenames: str | Iterable[str], surname: str) -> str:
    """Return the first letters of the first forename and of the surname: `DT`."""
    return first_forename(forenames)[:1] + normalise(surname)[:1]


def listed_name(surname: str, forenames: str | Iterable[str]) -> str:
    """Return the name as lists show it: `Thackray, Declan`."""
    first = [shown(word) for word in _words(forenames)[:1]]
    return ", ".join(part for part in (shown(surname), *first) if part)


def full_name(forenames: str | Iterable[str], surname: str) -> str:
    """Return the name as a page heading shows it: `Declan Joseph Thackray`."""
    return shown(" ".join([*_words(forenames), surname]))


def shown(name: str) -> str:
    """Return a name written in one case with capitals where English puts them; a mixed one as it stands.

    Files come in capitals. `MACKIE` cannot be told from `MacKie`, so only MC is followed by a capital.
    """
    tidy = " ".join(name.split())
    if tidy not in (tidy.upper(), tidy.lower()):
        return tidy
    capitals = WORD_START.sub(_capitalised, tidy.lower())
    return APOSTROPHE_S.sub("s", capitals)


def _capitalised(start: re.Match[str]) -> str:
    return ("Mc" if start.group(1) else "") + start.group(2).upper()


def _words(forenames: str | Iterable[str]) -> list[str]:
    """Return the single forenames of a text or of a list whose items may hold several."""
    text = forenames if isinstance(forenames, str) else " ".join(forenames)
    return text.split()
