"""Makes the corpus of bad files: `python -m tests.feeds.make_corpus` writes tests/feeds/files anew.

Each file has one fault and is named after it. What must become of it stands in expected.toml, which is written by
hand. `{{X*70000}}` in a file stands for that many of the one to three characters: endless rows need no space here.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.feeds.corpus_faults import (
    MANIFEST_FAULTS,
    MANIFEST_TEXTS,
    PPO_ROW_FAULTS,
    ROLL_DIRT,
    ROLL_ROW_FAULTS,
    SEALED_FAULTS,
    TEN,
)
from tests.feeds.made_files import HEADER, ppo_line, roll_line

FILES = Path(__file__).parent / "files"
DAY = "02/11/2026"
MEMBER = "C_NOMIS_OFFENDER_02112026_01.dat"
EMPTY_COLUMNS = re.compile(r'(?:""\|){9,}')
NO_TIME = (2026, 11, 2, 0, 0, 0)
ROLL_CAST: tuple[dict[int, str], ...] = (
    {0: DAY, 135: "01/11/2026", 134: "N", 139: "ADM", 66: "05/03/2028", 70: "14/02/2027"},
    {0: DAY, 3: "A3456DE", 5: "LX3456", 6: "MARROWBY", 7: "RENÉE", 8: "", 12: "30/09/1978", 135: "01/11/2026"},
)
STRANGER: dict[int, str] = {**ROLL_CAST[1], 3: "A9999ZZ", 5: "LX9999", 6: "NOBODY", 7: "HESPER", 12: "01/02/1983"}
PPO_CAST: tuple[dict[str, str], ...] = (
    {"noms_number": "A1234BC"},
    {
        "ppo_reference": "WY-0043",
        "csp_code": "00CX",
        "noms_number": "A2345CD",
        "surname": "Oakapple",
        "forenames": "Hesper",
        "date_of_birth": "1985-07-12",
    },
    {
        "ppo_reference": "GM-0007",
        "csp_code": "00BN",
        "noms_number": "A3456DE",
        "surname": "Marrowby",
        "forenames": "Renée",
        "date_of_birth": "1978-09-30",
    },
)


def made_files() -> dict[str, bytes]:
    """Return every file of the corpus by its name."""
    return {**_rolls(), **_ppo_lists(), **_zips(), **_manifests(), **_sealed()}


def roll(people: Iterable[Mapping[int, str]], *, columns: int = 153) -> str:
    """Return a roll of these people."""
    return "".join(roll_line(values, columns=columns) for values in people)


def ppo_list(people: Iterable[Mapping[str, str]]) -> str:
    """Return a PPO list of these people."""
    return HEADER + "".join(ppo_line(values) for values in people)


def _rolls() -> dict[str, bytes]:
    good = roll(ROLL_CAST)
    first, second = good.splitlines(keepends=True)
    files = {
        f"roll-{name}.dat": _shortened(roll([*ROLL_CAST, {**STRANGER, **values}]))
        for name, values in ROLL_ROW_FAULTS.items()
    }
    files |= {f"roll-mended-{name}.dat": change(good) for name, change in ROLL_DIRT.items()}
    files |= {
        "roll-good.dat": good,
        "roll-W-01-149-columns.dat": first + roll([ROLL_CAST[1]], columns=149),
        "roll-W-01-154-columns.dat": first + roll([ROLL_CAST[1]], columns=154),
        "roll-W-01-two-people-on-one-line.dat": first + second.rstrip("\r\n") + roll([STRANGER]),
        "roll-W-02-last-value-never-closed.dat": first + second.replace('|""\r\n', '|"\r\n'),
        "roll-K-01-same-number-other-content.dat": good + roll([{**ROLL_CAST[1], 2: "MDI"}]),
        "roll-duplicate-row.dat": good + second,
        "roll-F-01-heading.dat": "Extract Date|Establishment|Prison Code\r\n" + good,
        "roll-F-01-ppo-list-as-a-roll.dat": ppo_list(PPO_CAST),
        "roll-F-01-page-of-the-web.dat": "<!doctype html>\r\n<title>Sign in</title>\r\n",
        "roll-F-01-unquoted.dat": good.replace('"', ""),
        "roll-F-02-150-columns-throughout.dat": roll(ROLL_CAST, columns=150),
        "roll-F-03-breaks-off-in-the-last-row.dat": good[:-200],
        "roll-F-04-day-before-throughout.dat": good.replace(DAY, "01/11/2026"),
        "roll-F-05-empty.dat": "",
        "roll-F-05-blank-lines-only.dat": "\r\n\r\n\r\n",
        "roll-C-01-two-rows-fewer-than-stated.dat": good,
        "roll-ten.dat": _ten(),
        "roll-Q-01-three-of-ten-in-quarantine.dat": _ten(faulty=3),
        "roll-G-01-two-of-ten-vanished.dat": _ten(left_out=2),
    }
    return {name: text.encode() for name, text in files.items()} | _rolls_in_other_encodings(good)


def _rolls_in_other_encodings(good: str) -> dict[str, bytes]:
    return {
        "roll-T-01-windows-1252-stated-as-utf-8.dat": good.encode("cp1252"),
        "roll-T-01-byte-that-windows-1252-lacks.dat": good.encode("cp1252").replace(b"MARROWBY", b"MARROW\x81BY"),
        "roll-T-01-half-a-character.dat": good.encode().replace("É".encode(), "É".encode()[:1]),
        "roll-T-03-utf-8-stated-as-windows-1252.dat": good.replace("RENÉE", "Renée").encode(),
        "roll-F-07-utf-16.dat": roll(ROLL_CAST[:1]).encode("utf-16"),
        "roll-F-07-utf-8-mark-in-a-windows-1252-file.dat": good.encode("utf-8-sig"),
        "roll-mended-byte-order-mark.dat": good.encode("utf-8-sig"),
    }


def _ten(*, faulty: int = 0, left_out: int = 0) -> str:
    people: list[dict[int, str]] = [{**STRANGER, **person} for person in TEN]
    for person in people[:faulty]:
        person[23] = "ASLEEP"
    return _shortened(roll(people[left_out:]))


def _shortened(text: str) -> str:
    return EMPTY_COLUMNS.sub(lambda run: f'{{{{""|*{len(run[0]) // 3}}}}}', text)


def _ppo_lists() -> dict[str, bytes]:
    good = ppo_list(PPO_CAST)
    header, first, second, third = good.splitlines(keepends=True)
    stranger = {"ppo_reference": "WY-9999", "surname": "Nobody", "date_of_birth": "1983-02-01"}
    files = {
        f"ppo-{name}.csv": ppo_list([*PPO_CAST, {**stranger, **values}]) for name, values in PPO_ROW_FAULTS.items()
    }
    files |= {
        "ppo-good.csv": good,
        "ppo-W-01-19-columns.csv": good.replace(third, third.replace(",N,,\r\n", ",N,\r\n")),
        "ppo-W-01-21-columns.csv": good.replace(third, third.replace("\r\n", ",\r\n")),
        "ppo-W-02-open-quote.csv": good.replace(third, third.replace("Marrowby", '"Marrowby')),
        "ppo-K-01-same-reference-other-content.csv": good + third.replace("CATCH_AND_CONVICT", "PREVENT_AND_DETER"),
        "ppo-duplicate-row.csv": good + third,
        "ppo-F-02-semicolons-below-a-right-header.csv": header + (first + second + third).replace(",", ";"),
        "ppo-F-03-breaks-off-in-the-last-row.csv": good[:-40],
        "ppo-F-05-empty.csv": "",
        "ppo-F-06-header-in-another-order.csv": good.replace("ppo_reference,csp_code", "csp_code,ppo_reference"),
        "ppo-F-06-extra-column.csv": good.replace("postcode\r\n", "postcode,notes\r\n").replace(",N,,", ",N,,,"),
        "ppo-F-06-no-header.csv": first + second + third,
        "ppo-F-06-semicolons-throughout.csv": good.replace(",", ";"),
        "ppo-F-06-roll-as-a-ppo-list.csv": roll(ROLL_CAST[:1]),
        "ppo-F-08-force-without-areas.csv": good,
        "ppo-C-01-one-row-more-than-stated.csv": good,
        "ppo-Q-01-half-in-quarantine.csv": _ppo_ten(faulty=5),
        "ppo-G-01-four-of-ten-vanished.csv": _ppo_ten(left_out=4),
        "ppo-ten.csv": _ppo_ten(),
        "ppo-mended-break-inside-a-value.csv": good.replace("Ambrose Juniper", '"Ambrose\r\nJuniper"'),
        "ppo-mended-doubled-blank.csv": good.replace("Ambrose Juniper", "Ambrose  Juniper "),
        "ppo-mended-lone-bar.csv": good.replace(",N,,\r\n", ",N,,|\r\n"),
    }
    made = {name: text.encode() for name, text in files.items()}
    made["ppo-T-01-windows-1252.csv"] = good.encode("cp1252")
    made["ppo-F-06-utf-16.csv"] = good.encode("utf-16")
    return made


def _ppo_ten(*, faulty: int = 0, left_out: int = 0) -> str:
    people = [{"ppo_reference": f"WY-1{number:03}", "surname": f"Invented{number}"} for number in range(10)]
    for person in people[:faulty]:
        person["strand"] = "NONE"
    return ppo_list(people[left_out:])


def _zips() -> dict[str, bytes]:
    good = roll(ROLL_CAST).encode()
    plain = _zip({MEMBER: good})
    locked = bytearray(plain)
    locked[6] |= 1
    locked[plain.index(b"PK\x01\x02") + 8] |= 1
    place = plain.index(b"PK\x01\x02") + 24
    large = bytearray(plain[:place] + (600 << 20).to_bytes(4, "little") + plain[place + 4 :])
    return {
        "roll-mended-zip.zip": plain,
        "roll-Z-01-two-members.zip": _zip({MEMBER: good, "notes.txt": b"more"}),
        "roll-Z-01-member-of-another-name.zip": _zip({"roll.dat": good}),
        "roll-Z-01-member-that-climbs-out.zip": _zip({f"../../{MEMBER}": good}),
        "roll-Z-01-zip-in-a-zip.zip": _zip({"02112026.zip": plain}),
        "roll-Z-02-cut.zip": plain[:-40],
        "roll-Z-02-flipped.zip": plain[:200] + bytes([plain[200] ^ 0x40]) + plain[201:],
        "roll-Z-02-comment.zip": plain[:-2] + b"\x05\x00notes",
        "roll-Z-03-states-600-megabytes.zip": bytes(large),
        "roll-Z-04-password.zip": bytes(locked),
        "roll-Z-04-bzip2.zip": _zip({MEMBER: good}, compression=zipfile.ZIP_BZIP2),
        "roll-Z-04-list-of-members-too-long.zip": _zip_with_long_list(plain),
        "roll-Z-05-bomb.zip": _zip({MEMBER: good + b'"' + b" " * 400_000}),
        "roll-Z-02-bomb-that-states-less.zip": _stating_less(_zip({MEMBER: good + b'"' + b" " * 400_000})),
    }


def _zip(members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, data in members.items():
            # A fixed time, so that the file is the same whenever it is made.
            member = zipfile.ZipInfo(name, NO_TIME)
            member.compress_type = compression
            archive.writestr(member, data)
    return packed.getvalue()


def _zip_with_long_list(plain: bytes) -> bytes:
    # One member is stated, and the list of members is two kilobytes long.
    end = plain.index(b"PK\x05\x06")
    listed = plain[plain.index(b"PK\x01\x02") : end] * 25
    return plain[:end] + listed + plain[end : end + 12] + len(listed).to_bytes(4, "little") + plain[end + 16 :]


def _stating_less(bomb: bytes) -> bytes:
    place = bomb.index(b"PK\x01\x02") + 24
    return bomb[:22] + (9000).to_bytes(4, "little") + bomb[26:place] + (9000).to_bytes(4, "little") + bomb[place + 4 :]


def _manifests() -> dict[str, bytes]:
    good: dict[str, Any] = {
        "feed": "prison_roll",
        "supplier": "Invented Prisons",
        "extract_at": "2026-11-02T05:30:00+00:00",
        "sequence": 700,
        "corrects": None,
        "forces": [],
        "encoding": "utf-8",
        "rows": 3,
        "sha256": "0" * 64,
        "sealed_sha256": "0" * 64,
        "signature": "A" * 86 + "==",
    }
    text = json.dumps(good, indent=1)
    files = {name: json.dumps({**good, **changed}, indent=1) for name, changed in MANIFEST_FAULTS.items()}
    files |= {name: json.dumps({k: v for k, v in good.items() if k != lost}) for name, lost in _missing().items()}
    files |= {name: change(text) for name, change in MANIFEST_TEXTS.items()}
    made = {f"manifest-{name}.json": text.encode() for name, text in files.items()}
    made["manifest-M-01-utf-16.json"] = text.encode("utf-16")
    made["manifest-M-01-empty.json"] = b""
    return made


def _missing() -> dict[str, str]:
    return {f"M-03-without-{key}": key for key in ("corrects", "forces", "rows", "sealed_sha256", "signature")}


def _sealed() -> dict[str, bytes]:
    one, all_three = ppo_list(PPO_CAST[:1]).encode(), ppo_list(PPO_CAST).encode()
    return {f"envelope-{name}.csv": one if name.startswith("E-") else all_three for name in SEALED_FAULTS}


def main() -> None:
    """Write the files anew; what is no longer made goes."""
    FILES.mkdir(exist_ok=True)
    for old in FILES.iterdir():
        if old.name != "expected.toml":
            old.unlink()
    for name, data in made_files().items():
        (FILES / name).write_bytes(data)


if __name__ == "__main__":
    main()
