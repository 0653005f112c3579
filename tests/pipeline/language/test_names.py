"""One person under several spellings is one delegate; two people with one surname are two."""

import pytest

from pipeline.language.people import same_person


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Vidal", "Rosa Vidal"),
        ("Rosa Vidal", "R. Vidal"),
        ("Rosa Vidal", "Rosa María Vidal"),
        ("Rosa Vidal", "Rosa Vidal Campos"),
        ("Lü Daliang", "Lu Daliang"),
        ("Wen Haotian", "Haotian Wen"),
        ("Wen", "Wen Haotian"),
        ("Sergey Petrov", "Sergei Petrov"),
        ("Olena Hrytsenkova", "Olena Hrytsenkowa"),
        ("Jürgen Vogt", "Juergen Vogt"),
        ("Søren Krogh", "Soren Krogh"),
        ("Anna van der Meer", "van der Meer"),
    ],
)
def test_one_person(left, right):
    assert same_person(left, right)
    assert same_person(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Anna Vidal", "Alan Vidal"),
        ("Rosa Vidal", "Rosa Campos"),
        ("Maria Rossi", "Mario Rossi"),
        ("Wang Yi", "Wang Yu"),
        ("Li Qiang", "Li Keqiang"),
        ("A. Vidal", "R. Vidal"),
        ("Vidal", "Vidaleres"),
    ],
)
def test_two_people(left, right):
    assert not same_person(left, right)
    assert not same_person(right, left)
