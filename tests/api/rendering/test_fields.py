"""A fact as a form for corrections, and what of the sent form is a correction."""

import pytest

from api.rendering.fields import changed_values, form_fields
from tests.store.invented import deadline, figure


def test_a_fact_is_a_form_with_a_control_for_each_field() -> None:
    fields = {field.name: field for field in form_fields(figure("15 per cent", 15.0, "%"))}
    assert [(fields[name].control, fields[name].value) for name in ("value", "measure", "applies_to")] == [
        ("number", "15"),
        ("choice", "tariff_rate"),
        ("codes", ""),
    ]
    assert fields["value"].needed and not fields["direction"].needed
    assert "quota" in fields["measure"].choices
    assert "conditions" not in {field.name for field in form_fields(deadline("Sign", "2031-04-01"))}


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({"value": "15", "unit": "%"}, {}),
        ({"value": " 15.5 "}, {"value": 15.5}),
        ({"value": "much"}, {"value": "much"}),
        ({"direction": "up"}, {"direction": "up"}),
        ({"applies_to": "NO, CL"}, {"applies_to": ["NO", "CL"]}),
        ({"subject": "salmon\r\n"}, {}),
        ({"subject": ""}, {"subject": None}),
        ({"effective": "2031-04"}, {"effective": "2031-04"}),
    ],
)
def test_what_a_form_says_otherwise_than_the_fact_is_changed(
    sent: dict[str, str], changed: dict[str, object]
) -> None:
    assert changed_values(figure("15 per cent", 15.0, "%"), sent) == changed
