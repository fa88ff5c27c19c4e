"""A site to be a guest at."""

from collections.abc import Iterator

import pytest
from sites import ARTICLE, Says, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        served.pages["/a"] = Says(ARTICLE)
        yield served
