"""The command line as a newcomer meets it: results on stdout, two lines on stderr, no traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from chat_server import in_turn, serving

COMMANDS = """init add collect index dataset train write evaluate serve status doctor config documents adapters activate
forget export places repurpose drafts""".split()


def twin(home: Path, *arguments: str, status: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the real command in a fresh process."""
    env = {"PATH": "/usr/bin:/bin", "TWIN_HOME": str(home), "HOME": str(home.parent), **environment}
    done = subprocess.run(
        [sys.executable, "-c", "from twin.app.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        env=env,
        timeout=900,
        check=False,
    )
    assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    folder.mkdir()
    for i in range(6):
        (folder / f"2024-0{i + 1}-03-post-{i}.md").write_text(
            f"# Note {i}\n\nWe moved queue {i} on a Monday and it took {i + 3} hours. Nobody noticed.\n", "utf-8"
        )
    return folder


def test_help_names_every_command(home: Path) -> None:
    shown = twin(home, "--help").stdout
    missing = [name for name in COMMANDS if f"  {name} " not in shown]
    assert not missing
    assert len(COMMANDS) == 20


def test_a_command_before_init_says_what_to_type(home: Path) -> None:
    done = twin(home, "collect", status=1)
    message, hint = done.stderr.strip().splitlines()
    assert message.startswith("error: this twin has no author yet")
    assert "twin init --author" in hint


def test_collecting_twice_changes_nothing_and_counts_add_up(home: Path, posts: Path) -> None:
    twin(home, "init", "--author", "Ada Example", "--me", "ada@example.org")
    twin(home, "add", str(posts))
    first = json.loads(twin(home, "collect", "--json").stdout)["sources"][0]
    second = json.loads(twin(home, "collect", "--json").stdout)["sources"][0]
    assert (first["stored"], second["stored"], second["unchanged"]) == (6, 0, 6)
    for counts in (first, second):
        parts = sum(counts[name] for name in ("stored", "edited", "unchanged", "duplicates"))
        assert counts["found"] == parts + len(counts["skipped"])


def test_too_few_texts_are_not_trained_on(home: Path, posts: Path) -> None:
    twin(home, "init", "--author", "Ada Example")
    twin(home, "add", str(posts))
    twin(home, "collect")
    done = twin(home, "train", status=1)
    assert "6 texts to learn from" in done.stderr
    assert "twin add" in done.stderr


@pytest.mark.parametrize(
    ("brief", "said"),
    [("", "the brief is empty"), ("   \n", "the brief is empty"), ("x" * 100_000, "100,000 characters")],
)
def test_a_brief_that_cannot_be_written_to(home: Path, brief: str, said: str) -> None:
    twin(home, "init", "--author", "Ada Example")
    done = twin(home, "write", brief, status=1)
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2


def test_places_are_listed_with_their_limits(home: Path) -> None:
    lines = twin(home, "places").stdout.splitlines()
    assert len(lines) == 10
    [post] = [line for line in lines if line.startswith("x-post")]
    assert "at most 280 weighted characters" in post
    rows = json.loads(twin(home, "places", "--json").stdout)
    assert {row["name"]: row["limit"] for row in rows}["comment"] == 1250


def test_a_draft_for_a_place_becomes_one_for_another(home: Path) -> None:
    fake = {"TWIN_MODEL__KIND": "fake", "TWIN_INDEX__EMBEDDER": "fake", "TWIN_WRITE__UNSOURCED": "true"}
    twin(home, "init", "--author", "Ada Example")
    wrong = twin(home, "write", "why we cleaned the tracks", "--place", "x-treat", status=1, **fake)
    assert "there is no place 'x-treat'" in wrong.stderr
    assert "did you mean x-thread?" in wrong.stderr
    made = twin(home, "write", "why we cleaned the tracks", "--place", "x-thread", "--json", **fake)
    [draft] = json.loads(made.stdout)["drafts"]
    shown = twin(home, "repurpose", draft["id"], "--place", "readme-section", **fake).stdout
    assert draft["text"].split()[-1] in shown
    assert f"made of {draft['id']}" in shown
    listed = twin(home, "drafts", **fake).stdout.splitlines()
    assert "2 versions" in listed[0] and listed[-1] == "1 draft"
    whole = twin(home, "drafts", draft["id"], **fake).stdout
    assert "── system\nYou are Ada Example." in whole and f" * {draft['id']}  as first written" in whole
    assert "for readme-section" in whole and "tokens written" in whole
    own = home.parent / "mine.txt"
    own.write_text("We cleaned the tracks ourselves.\n", "utf-8")
    mine = json.loads(twin(home, "refine", draft["id"], "--edited", str(own), "--json", **fake).stdout)["draft"]
    assert (mine["text"], mine["from"]["ask"]) == ("We cleaned the tracks ourselves.", "edited")
    by_hand = twin(home, "drafts", mine["id"], **fake).stdout
    assert f"edited by you, from draft {draft['id']}" in by_hand and "checked only" in by_hand
    for steps in (["shorter", "--edited", str(own)], ["--undo", "--edited", str(own)], ["shorter", "--undo"]):
        assert "are two steps" in twin(home, "refine", draft["id"], *steps, status=1, **fake).stderr
    own.write_bytes("We cleaned the caf\u00e9.\n".encode("latin-1"))
    for command in ("refine", "choose"):
        unread = twin(home, command, draft["id"], "--edited", str(own), status=1, **fake).stderr
        assert unread.splitlines()[0] == "error: 'mine.txt' is no text in UTF-8" and "  try: save it as UTF-8" in unread
    own.write_text("\n", "utf-8")
    assert "there is no word" in twin(home, "choose", draft["id"], "--edited", str(own), status=1, **fake).stderr
    assert twin(home, "write", "why we cleaned", "--place", "x-post", **fake).stdout.count(" of 280 weighted char") == 1


def test_a_misspelt_setting_is_an_error_with_the_right_name(home: Path) -> None:
    done = twin(home, "status", status=1, TWIN_WRITE__CANDIDATE="3")
    assert "write.candidates" in done.stderr


def test_config_says_where_each_value_came_from(home: Path) -> None:
    home.mkdir()
    (home / "twin.toml").write_text("[write]\nwords = 90\n", "utf-8")
    rows = json.loads(twin(home, "config", "--json", TWIN_WRITE__SEED="11").stdout)
    origin = {row["name"]: (row["value"], row["from"]) for row in rows}
    assert origin["write.words"] == (90, str(home / "twin.toml"))
    assert origin["write.seed"] == (11, "environment")
    assert origin["write.candidates"][1] == "default"
    assert origin["train.learning_rate"] == (0.002, "by size")
    assert origin["train.epochs"] == (0, "default"), "there is no dataset to choose by"
    assert origin["home"] == (str(home), "environment"), "as this test names it"
    (row,) = [
        row for row in json.loads(twin(home, "config", "--home", str(home), "--json").stdout) if row["name"] == "home"
    ]
    assert row["from"] == "flag"


def test_a_broken_settings_file_is_mended_before_it_is_read(home: Path) -> None:
    home.mkdir()
    (home / "twin.toml").write_text("[write\n", "utf-8")
    for command in (("status",), ("config",), ("config", "write.words", "90")):
        assert "try: mend that first" in twin(home, *command, status=1).stderr
    assert "try: see every name" in twin(home, "config", "write.wrods", status=1).stderr


def test_words_that_are_not_utf8_are_refused_in_two_lines(home: Path, tmp_path: Path) -> None:
    for words in (("init", "--author", "Zo\udceb"), ("add", str(tmp_path / "caf\udce9.md")), ("search", "caf\udce9")):
        done = twin(home, *words, status=1)
        assert "is not UTF-8" in done.stderr
        assert len(done.stderr.splitlines()) == 2


def test_a_title_does_not_command_the_terminal(home: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<title>T &#27;[2J&#27;]0;owned&#7; end</title><p>Some words that are kept as a text.</p>", "utf-8")
    twin(home, "init", "--author", "Ada Example")
    twin(home, "add", str(page))
    twin(home, "collect")
    shown = twin(home, "documents").stdout
    assert "T �[2J�]0;owned� end" in shown
    assert shown.count("\n") == 2
    assert "owned? end" in twin(home, "documents", PYTHONIOENCODING="ascii").stdout, "nor does it end a plain one"
    (row,) = json.loads(twin(home, "documents", "--json", PYTHONIOENCODING="ascii").stdout)
    assert "\x1b]0;owned" in row["title"], "data stays whole"


def test_a_home_without_a_name_is_not_the_current_folder(home: Path) -> None:
    message, hint = twin(home, "status", "--home", "", status=1).stderr.splitlines()
    assert (message, "TWIN_HOME" in hint) == ("error: --home is empty", True)
    assert not Path("twin.db").exists()
    assert str(home) in twin(home, "status", "--home", str(home)).stdout


def test_one_text_that_is_piped_in_is_no_brief_and_answer_at_once(home: Path) -> None:
    done = twin(home, "write", "-", "--answer", "-", status=1)
    assert "cannot be both the brief and the post to answer" in done.stderr
    assert "--answer - < post.txt" in done.stderr


def test_a_source_that_failed_is_told_with_when_and_why_until_it_does_not(
    home: Path, posts: Path, tmp_path: Path
) -> None:
    twin(home, "init", "--author", "Ada Example")
    other = tmp_path / "other.md"
    other.write_text("# Ropes\n\nA rope is not a cable, and nobody here asks why it is not.\n", "utf-8")
    for location in (posts, other):
        twin(home, "add", str(location))
    other.unlink()
    twin(home, "collect", status=1)
    said = twin(home, "sources").stdout
    assert "not collected yet" not in said and said.count(" UTC: there is nothing at") == 1
    _, failed = json.loads(twin(home, "sources", "--json").stdout)
    assert failed["counts"] == {} and failed["failed"]["hint"]
    other.write_text("# Ropes\n\nA rope is not a cable, and nobody here asks why it is not.\n", "utf-8")
    twin(home, "collect")
    assert "  failed" not in twin(home, "sources").stdout
    other.unlink()
    twin(home, "collect", status=1)
    assert "1 found, 1 stored before" in twin(home, "sources").stdout
    twin(home, "forget", failed["id"])
    assert [row["failed"] for row in json.loads(twin(home, "sources", "--json").stdout)] == [None]


def test_one_text_is_no_several(home: Path, tmp_path: Path) -> None:
    twin(home, "init", "--author", "Ada Example")
    note = tmp_path / "note.md"
    note.write_text("# Ropes\n\nA rope is not a cable, and nobody here asks why it is not.\n", "utf-8")
    twin(home, "add", str(note))
    assert "1 document in all" in twin(home, "collect").stdout
    assert twin(home, "documents").stdout.endswith("1 document\n")
    identity = json.loads(twin(home, "documents", "--json").stdout)[0]["id"]
    assert twin(home, "mark", identity, "--kind", "post").stdout.startswith("1 document marked")
    assert "1 chunk of 1 document: " in twin(home, "index", TWIN_INDEX__EMBEDDER="fake").stdout


def test_an_empty_query_is_told_how_to_search(home: Path) -> None:
    done = twin(home, "search", " ", status=1)
    assert "the query is empty" in done.stderr
    assert "twin search" in done.stderr


def test_every_skipped_item_is_counted_where_the_reasons_are_many() -> None:
    from twin.app.show import collected

    skipped = [{"key": str(i), "reason": f"reason {i % 9}"} for i in range(20)]
    counts = {"found": 20, "stored": 0, "edited": 0, "unchanged": 0, "duplicates": 0, "skipped": skipped}
    said = collected({"sources": [{"kind": "folder", "location": "x", **counts}], "documents": 0})
    assert sum(int(line.split()[1].rstrip(":")) for line in said.splitlines() if line.startswith("  skipped")) == 20


def test_a_setting_that_is_only_named_is_shown_and_stays(home: Path) -> None:
    home.mkdir()
    (home / "twin.toml").write_text('[content]\nname = "llama3"\n', "utf-8")
    (row,) = json.loads(twin(home, "config", "content.name", "--json").stdout)
    assert row["value"] == "llama3"
    assert "write.place" in twin(home, "config", "write.plaice", status=1).stderr
    assert "linkedin-post" in twin(home, "config", "write.place", "linkedin", status=1).stderr
    assert "llama3" in (home / "twin.toml").read_text()
    (row,) = json.loads(twin(home, "config", "content.name", "", "--json").stdout)
    assert row["value"] == ""


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")
    done = twin(blocked / "home", "status", status=1)
    assert "--home" in done.stderr


def test_forgetting_leaves_a_tombstone(home: Path, posts: Path) -> None:
    twin(home, "init", "--author", "Ada Example")
    twin(home, "add", str(posts))
    twin(home, "collect")
    gone = json.loads(twin(home, "documents", "--json").stdout)[0]
    twin(home, "forget", gone["id"])
    again = json.loads(twin(home, "collect", "--json").stdout)
    assert again["documents"] == 5
    assert again["sources"][0]["skipped"] == [
        {"key": again["sources"][0]["skipped"][0]["key"], "reason": "forgotten at your request"}
    ]
    assert gone["id"] not in {row["id"] for row in json.loads(twin(home, "documents", "--json").stdout)}


def test_sources_are_listed_and_one_is_taken_out_with_its_texts(home: Path, posts: Path, tmp_path: Path) -> None:
    twin(home, "init", "--author", "Ada Example")
    assert "no sources yet" in twin(home, "sources").stdout
    other = tmp_path / "other.md"
    other.write_text("# Ropes\n\nA rope is not a cable, and nobody here asks why it is not.\n", "utf-8")
    twin(home, "add", str(posts))
    twin(home, "add", str(other), "--not-mine")
    assert twin(home, "sources").stdout.count("not collected yet") == 2
    twin(home, "collect")
    first, second = json.loads(twin(home, "sources", "--json").stdout)
    said = twin(home, "sources").stdout
    assert f"{first['id']}  folder: {posts}\n" in said and f"{other}, someone else's words" in said
    assert "6 found, 6 stored" in said
    assert json.loads(twin(home, "forget", first["id"], "--json").stdout)["documents"] == 6
    assert [row["id"] for row in json.loads(twin(home, "sources", "--json").stdout)] == [second["id"]]
    assert "twin sources" in twin(home, "forget", first["id"], status=1).stderr


@pytest.mark.parametrize("command", ["collect", "index"])
def test_interrupting_loses_nothing(home: Path, posts: Path, command: str) -> None:
    """Ctrl-C: exit status 130, two lines, and the same command finishes the work afterwards."""
    twin(home, "init", "--author", "Ada Example")
    twin(home, "add", str(posts))
    if command == "index":
        twin(home, "collect")
    program = (
        "import twin.pipeline as p\n"
        f"def stop(self): raise KeyboardInterrupt\nold = p.Twin.{command}\np.Twin.{command} = stop\n"
        "from twin.app.cli import main; main()"
    )
    env = {"PATH": "/usr/bin:/bin", "TWIN_HOME": str(home), "TWIN_INDEX__EMBEDDER": "fake"}
    done = subprocess.run(
        [sys.executable, "-c", program, command], capture_output=True, text=True, env=env, check=False, timeout=120
    )
    assert done.returncode == 130
    assert done.stderr.strip().splitlines()[0] == "error: stopped"
    twin(home, command, TWIN_INDEX__EMBEDDER="fake")


def test_an_example_is_read_excluded_and_edited(home: Path, posts: Path, tmp_path: Path) -> None:
    """A decision makes the dataset stale until it is built again; the versions say what changed."""
    few = {"TWIN_DATASET__LEAST_TEXTS": "4", "TWIN_INDEX__EMBEDDER": "fake"}
    assert "twin dataset" in twin(home, "dataset", "list", status=1).stderr
    twin(home, "init", "--author", "Ada Example")
    twin(home, "add", str(posts))
    twin(home, "collect")
    first = json.loads(twin(home, "dataset", "--json", **few).stdout)
    rows = json.loads(twin(home, "dataset", "list", "--json").stdout)
    assert len(rows) == 6 == sum(first[side] for side in ("train", "tune", "test"))
    trained = json.loads(twin(home, "dataset", "list", "--side", "train", "--json").stdout)
    assert {row["side"] for row in trained} == {"train"} and len(trained) == first["train"]
    assert "took 3 hours" in twin(home, "dataset", "show", rows[0]["id"]).stdout
    assert "dataset" not in json.loads(twin(home, "status", "--json", **few).stdout)["stale"]

    twin(home, "dataset", "exclude", rows[0]["id"], "--why", "not mine to tell")
    edited = tmp_path / "edited.txt"
    edited.write_text("We moved queue 1, and nobody saw us do it.\n", "utf-8")
    twin(home, "dataset", "edit", rows[1]["id"], "--file", str(edited))
    assert "dataset" in json.loads(twin(home, "status", "--json", **few).stdout)["stale"]
    listed = twin(home, "dataset", "list", "--decision", "excluded").stdout
    assert "not mine to tell" in listed and listed.endswith("1 example\n")
    second = json.loads(twin(home, "dataset", "--json", **few).stdout)
    assert second["rejected"]["excluded by you"] == 1 and second["version"] != first["version"]
    shown = twin(home, "dataset", "diff").stdout
    assert "sections excluded by you: 1" in shown and "sections edited by you: 1" in shown

    twin(home, "dataset", "include", rows[0]["id"])
    twin(home, "dataset", "edit", rows[1]["id"], "--undo")
    assert json.loads(twin(home, "dataset", "--json", **few).stdout)["version"] == first["version"]
    assert "twin dataset list" in twin(home, "dataset", "show", "nothing", status=1).stderr
    assert "twin dataset list … --home FOLDER" in twin(home, "dataset", "--json", "list", status=1).stderr


def test_a_helper_that_costs_is_asked_only_after_consent(home: Path, posts: Path) -> None:
    brief = '{"topic": "trouble of an unusual kind", "facts": [], "form": "story"}'
    with serving(in_turn(brief)) as (url, seen):
        asked = {"URL": url, "NAME": "wise", "PRICE_IN": "3", "PRICE_OUT": "15"}
        env = {"TWIN_DATASET__LEAST_TEXTS": "4", **{f"TWIN_HELPER__{name}": value for name, value in asked.items()}}
        twin(home, "init", "--author", "Ada Example")
        twin(home, "add", str(posts))
        twin(home, "collect")
        plan = json.loads(twin(home, "dataset", "--plan", "--json", **env).stdout)
        assert (plan["requests"], plan["consent"]) == (6, True) and plan["price"] > 0
        shown = twin(home, "dataset", status=1, **env).stderr
        assert "6 requests" in shown
        assert "We moved queue 0" in shown and "try: see what is sent" in shown
        assert seen == []
        built = json.loads(twin(home, "dataset", "--yes", "--json", **env).stdout)
        assert built["helper"]["briefs"] == 6 == len(seen)
        assert "0 requests" not in twin(home, "dataset", **env).stderr
    assert "by rule" in twin(home, "dataset", "--plan").stdout
