"""The invented numbers: valid, and each given once."""

from datetime import date
from random import Random

from feeds.training.identities import NumberSeries, misspelt_pnc, pnc_id, short_pnc
from offenders.identifiers import parse_cro, parse_pnc, parse_prison_number

TODAY = date(2026, 11, 25)
BORN = date(1990, 5, 4)


def test_every_dealt_number_is_valid_and_nobody_elses() -> None:
    series = NumberSeries(Random(1))
    dealt = [(*series.pnc_and_cro(BORN, before=TODAY), series.prison_number(), series.booking()) for _ in range(5000)]

    for numbers in zip(*dealt, strict=True):
        assert len(set(numbers)) == len(numbers)
    for pnc, cro, number, booking in dealt:
        parsed = parse_pnc(pnc, today=TODAY)
        assert parsed is not None
        assert parsed.canonical == pnc
        assert parse_cro(cro) is not None
        assert parse_prison_number(number) == number
        assert len(booking) == 6


def test_the_short_form_stands_for_the_same_person() -> None:
    long = pnc_id(2009, 163)

    assert short_pnc(long) == f"09/163{long[-1]}"
    assert str(parse_pnc(short_pnc(long), today=TODAY)) == long


def test_a_misspelt_pnc_id_is_invalid_whatever_its_letter() -> None:
    for serial in range(1, 50):
        assert parse_pnc(misspelt_pnc(pnc_id(2012, serial)), today=TODAY) is None
