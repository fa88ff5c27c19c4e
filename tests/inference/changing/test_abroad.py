from __future__ import annotations

import pytest

from twin.inference.changing.abroad import figures


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("1,234.5", "1.234,5"),
        ("12,500", "12\u202f500"),
        ("3.5%", "3,5 %"),
        ("In 2024, 24 sensors", "24 Sensoren im Jahr 2024"),
        ("1, 2 and 3", "1 2 3"),
        ("24 kits", "٢٤"),
    ],
)
def test_figures_are_the_same_however_a_language_parts_them(said: str, same: str) -> None:
    assert figures(said) == figures(same)


@pytest.mark.parametrize(("said", "other"), [("3.5%", "35 %"), ("2024 24", "202424"), ("1.25", "125")])
def test_other_figures_are_others(said: str, other: str) -> None:
    assert figures(said) != figures(other)
