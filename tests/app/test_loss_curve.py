"""The picture of a training: inside its frame whatever the losses were, and told in words."""

import re

from hypothesis import given
from hypothesis import strategies as st

from twin.app.studio.curve import HEIGHT, MEANS, WIDTH, picture

LOSSES = st.floats(0, 20, allow_nan=False)


@given(
    curve=st.lists(LOSSES, min_size=2, max_size=200),
    epochs=st.lists(LOSSES, max_size=6),
    before=st.one_of(st.none(), LOSSES),
)
def test_every_point_is_inside_and_every_pass_has_its_dot(
    curve: list[float], epochs: list[float], before: float | None
) -> None:
    drawn = picture({"curve": curve, "epochs": epochs}, before)
    points = [pair.split(",") for found in re.findall(r'points="([^"]*)"', drawn) for pair in found.split()]
    assert len(points) >= len(curve)
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in points)
    assert drawn.count("<circle") == len(epochs) + (before is not None)
    [mean] = re.findall(r'class="mean" points="([^"]*)"', drawn)
    assert 1 <= len(mean.split()) <= MEANS


def test_an_adapter_whose_card_kept_no_losses_has_no_picture() -> None:
    assert picture({}, 3.5) == picture({"curve": [3.1], "epochs": [3.0]}, None) == ""
