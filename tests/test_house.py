"""The house stands: imports point downward only, and nothing heavy is loaded before it is needed."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import twin

ROOT = Path(twin.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
FLOORS = (
    {"app"},
    {"pipeline"},
    {"features", "training", "inference", "evaluation"},
    {"sources", "models", "vectors", "metrics"},
    {"store"},
    {"core"},
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
HEAVY = {"torch", "numpy", "sklearn", "lancedb", "transformers", "sqlalchemy", "sentence_transformers", "pyarrow"}
LIGHT = [*sorted((ROOT / "core").glob("*.py")), *(ROOT / "app" / name for name in ("cli.py", "keeping.py", "face.py"))]


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def room_of(file: Path) -> str:
    """`twin/store/lock.py` in, `store` out; the empty name for `twin/__init__.py`."""
    first = file.relative_to(ROOT).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported anywhere in a file, inside functions and by `import_module` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module":
            yield from (str(part.value) for part in ast.walk(node) if isinstance(part, ast.Constant))


def rooms_used(file: Path) -> set[str]:
    modules = imported(ast.parse(file.read_text("utf-8")))
    used = {module.split(".")[1] for module in modules if module.startswith("twin.")}
    return used - {"__version__"}


def test_there_is_a_house() -> None:
    assert len(FILES) > 25
    assert {room_of(file) for file in FILES} - {""} <= FLOOR_OF.keys()
    assert {"core", "store", "sources", "vectors", "features", "pipeline"} <= {room_of(file) for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_imports_point_downward(file: Path) -> None:
    room = room_of(file)
    if room:
        wrong = {used for used in rooms_used(file) - {room} if FLOOR_OF[used] <= FLOOR_OF[room]}
        assert not wrong, f"{name_of(file)} imports {', '.join(sorted(wrong))}"


def test_the_check_sees_imports_wherever_they_stand() -> None:
    source = "import a\ndef f():\n    from twin.app import cli\n    import_module(f'twin.models.{x}')\n"
    assert set(imported(ast.parse(source))) == {"a", "twin.app.cli", "twin.models."}


@pytest.mark.parametrize("file", LIGHT, ids=name_of)
def test_what_everything_loads_loads_nothing_heavy(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    typing_only = {id(part) for node in tree.body if isinstance(node, ast.If) for part in ast.walk(node)}
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in typing_only]
    assert not {name.split(".")[0] for name in imported(ast.Module(top, []))} & HEAVY


def test_loading_the_command_line_loads_nothing_heavy() -> None:
    """The check over files sees one level; this one sees what is loaded through others."""
    code = "import sys, twin.app.cli; print(*(name.split('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert not set(done.stdout.split()) & HEAVY
