"""Dates as other languages write them."""

from datetime import date

import pytest

from pipeline.language.foreign.days import agrees, days_in

CASES = [
    ("fr", "12 août 2025", "2025-08-12"), ("fr", "1er janvier 2026", "2026-01-01"),
    ("fr", "12 au 14 août 2025", "2025-08-12/2025-08-14"), ("fr", "août", "????-08"),
    ("de", "12. August 2025", "2025-08-12"), ("de", "30.09.2025", "2025-09-30"),
    ("es", "12 de agosto de 2025", "2025-08-12"), ("es", "septiembre de 2031", "2031-09"),
    ("pt", "22 de setembro de 2031", "2031-09-22"), ("pt", "20 de fevereiro", "????-02-20"),
    ("zh", "2025年8月12日", "2025-08-12"), ("zh", "8月12日至14日", "????-08-12/????-08-14"),
    ("ja", "２０３１年４月２２日", "2031-04-22"), ("ja", "令和7年8月12日", "2025-08-12"), ("ja", "2030年", "2030"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "words", "edtf"), CASES)
def test_a_date_is_read_whole(language: str, words: str, edtf: str) -> None:
    (read,) = days_in(words, language)
    assert (read.start, read.end, read.edtf) == (0, len(words), edtf)


@pytest.mark.parametrize("words", ["31.02.2025", "2025年13月1日", "30 février 2025"])
def test_a_day_that_there_is_not_is_none(words: str) -> None:
    language = "fr" if "février" in words else "de" if "." in words else "zh"
    assert all("-" not in day.edtf or day.edtf.count("-") < 2 for day in days_in(words, language))


def test_a_day_without_its_year_is_near_the_day_of_publication() -> None:
    published = date(2031, 2, 21)
    assert agrees("am 3. April", "2031-04-03", "de", published)
    assert not agrees("am 3. April", "2032-04-03", "de", published)
    assert not agrees("am 3. April", "2031-04-04", "de", published)


def test_a_day_of_the_week_is_that_day_and_near() -> None:
    published = date(2031, 3, 14)
    assert agrees("jeudi", "2031-03-13", "fr", published)
    assert not agrees("jeudi", "2031-03-14", "fr", published)
    assert not agrees("jeudi", "2031-04-17", "fr", published)


def test_words_that_code_does_not_read_may_be_any_day() -> None:
    assert agrees("avant la rentrée", "2031-08", "fr", date(2031, 3, 14))
