"""The benches' own detector of what no source holds: it shares no code with the product and misses nothing plain."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench.unheld
from bench.unheld import KINDS, Held, ordinary, unheld

SOURCE = Held(
    "Gerald had 412 alerts in 18 months: 331 were dirt. We paid £61,200, or £2,550 each, 72% of it by 2023-01-12. "
    "A 35-minute clean, twenty-four kits, v5.5 and https://a.example/x?y=1. GitHub Actions and Node.js on Tuesdays at "
    "the Bank of England, since two hundred years."
)
SMALL = "We run, see and use the brush, clean what is dirty, then we go on with it: how to use one fast forward, may."
USUAL = ordinary([SMALL.lower()] * 3)


def found(text: str) -> dict[str, list[str]]:
    return {kind: said for kind, said in unheld(text, SOURCE, USUAL).items() if said}


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("We asked Halvard.", {"names": ["Halvard"]}),
        ("Halvard said no. Then Ada Lovelace did.", {"names": ["Halvard", "Ada Lovelace"]}),
        ("The tool: Podman. We use “Kubernetes is it”.", {"names": ["Podman", "Kubernetes"]}),
        ("We use NodeJS in Ålesund and an iPhone.", {"names": ["NodeJS", "Ålesund", "iPhone"]}),
        ("HOW TO USE DOCKER\nHow To Use The Podman", {"names": ["DOCKER", "Podman"]}),
        ("We asked Gerald England.", {"names": ["Gerald England"]}),
        (
            "Run uvx_cache() of setup.py, then mend(), in a/b/c and and/or.",
            {"names": ["uvx_cache", "setup.py", "mend", "a/b/c"]},
        ),
        ("It took 19 days and £61,300.", {"numbers": ["19", "61,300"]}),
        ("It took nineteen days, three hundred thousand of them.", {"numbers": ["nineteen", "three hundred thousand"]}),
        ("The fourteenth of thousands, at v5.6.", {"numbers": ["v5.6", "fourteenth", "thousands"]}),
        ("In May, or on 3 March 2021, a Friday.", {"numbers": ["3"], "dates": ["2021", "May", "March", "Friday"]}),
        ("See github.com/a/b and https://a.example/x.", {"links": ["github.com/a/b", "https://a.example/x."]}),
    ],
)
def test_what_stands_nowhere_is_found(text: str, strange: dict[str, list[str]]) -> None:
    assert found(text) == strange


@pytest.mark.parametrize(
    "text",
    [
        "Gerald's 412 alerts, 24 kits for 61200: eighteen months of them.",
        "GITHUB ACTIONS and node.js on a Tuesday in January 2023, 200 years.",
        "1. We use the brush.\n2. Then we go on, 35 minutes.",
        "Fast forward. “How is it?” We may march on with one of it. #Kubernetes",
        "See https://www.a.example/x?y=1, 72 of it. I'm with it.",
        "We run it 🌊 See how.\n3️⃣ Use one.",
        "HOW TO USE THE BRUSH\nHow To Use One",
    ],
)
def test_what_stands_in_the_sources_in_another_form_is_not(text: str) -> None:
    assert found(text) == {}


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_text_holds_whatever_it_says_itself(before: str, after: str) -> None:
    text = f"{before} We met Ada in 2021, {after}"
    assert not any(unheld(text, Held(text), USUAL).values())


def test_it_shares_no_code_with_the_product() -> None:
    tree = ast.parse(Path(bench.unheld.__file__).read_text("utf-8"))
    used = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    used |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert used and not any(name.startswith(("twin", "bench")) for name in used)
    assert set(unheld("", SOURCE, USUAL)) == set(KINDS)
