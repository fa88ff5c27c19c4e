"""Settings: flag over environment over twin.toml over default, and every mistake named with what was meant."""

from pathlib import Path

import pytest

from twin.core.errors import BadSettings
from twin.core.layers import default_home, load_settings
from twin.core.settings import Settings, env_name, names, sections


def toml(home: Path, text: str) -> None:
    (home / "twin.toml").write_text(text)


def test_the_nearest_layer_wins_and_is_named(tmp_path: Path) -> None:
    toml(tmp_path, "[write]\nwords = 50\ncandidates = 3\nvariants = 2\n")
    env = {"TWIN_WRITE__WORDS": "60", "TWIN_WRITE__CANDIDATES": "4", "OTHER": "x"}
    settings, origin = load_settings(tmp_path, flags={"write.words": 70}, env=env)
    assert (settings.write.words, settings.write.candidates, settings.write.variants) == (70, 4, 2)
    assert settings.write.passages == 4
    assert origin == {
        "write.words": "flag",
        "write.candidates": "environment",
        "write.variants": str(tmp_path / "twin.toml"),
    }


def test_without_a_file_everything_is_default(tmp_path: Path) -> None:
    settings, origin = load_settings(tmp_path / "new", env={})
    assert settings == Settings(home=tmp_path / "new", cache=settings.cache)
    assert origin == {}
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("text", "env", "said"),
    [
        ("[writ]\nwords = 5\n", {}, "did you mean 'write.words'?"),
        ("[write]\nword = 50\n", {}, "did you mean 'write.words'?"),
        ("", {"TWIN_WRIT__WORDS": "5"}, "from TWIN_WRIT__WORDS is not a setting, did you mean 'write.words'?"),
        ("", {"TWIN_WORDS": "5"}, "TWIN_WORDS"),
        ("[write]\nwords = 5\n", {}, "write.words = 5"),
        ("[write]\nwords = 'many'\n", {}, "write.words = 'many'"),
        ("", {"TWIN_SERVE__PORT": "99999"}, "serve.port = '99999' (environment)"),
        ("words = 50\n", {}, "'words' stands outside a section"),
        ("[write\n", {}, "twin.toml"),
        ("[serve]\ntoken = 'secret'\n", {}, "set TWIN_SERVE__TOKEN"),
    ],
)
def test_a_mistake_is_named_with_what_was_meant(tmp_path: Path, text: str, env: dict[str, str], said: str) -> None:
    toml(tmp_path, text)
    with pytest.raises(BadSettings) as bad:
        load_settings(tmp_path, env=env)
    assert said in bad.value.message
    assert "twin config" in bad.value.hint


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    toml(tmp_path, "[write]\nwords = 5\ncandidates = 0\n[trian]\nrank = 8\n")
    with pytest.raises(BadSettings) as bad:
        load_settings(tmp_path, env={"TWIN_INDX__STORE": "x"}, flags={"train.epochs": -1})
    for part in ("write.words", "write.candidates", "trian.rank", "indx.store", "train.epochs"):
        assert part in bad.value.message


def test_a_secret_is_not_repeated_in_an_error(tmp_path: Path) -> None:
    toml(tmp_path, "[serve]\ntoken = 'hunter2-hunter2'\n")
    with pytest.raises(BadSettings) as bad:
        load_settings(tmp_path, env={})
    assert "hunter2" not in bad.value.message


def test_the_home_is_from_the_environment_and_absolute(tmp_path: Path) -> None:
    assert default_home({"TWIN_HOME": str(tmp_path)}) == tmp_path
    assert default_home({}) == Path.home() / ".llm-twin"
    settings, _ = load_settings(Path("somewhere"), env={"TWIN_CACHE": "there"})
    assert settings.home.is_absolute()
    assert settings.cache.is_absolute()


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings, _ = load_settings(tmp_path, env={})
    with pytest.raises(ValueError, match="frozen"):
        settings.write.words = 1  # type: ignore[misc]


def test_every_setting_is_described_typed_and_reachable_from_the_environment(tmp_path: Path) -> None:
    assert len(names()) > 40
    for section, kind in sections().items():
        for key, field in kind.model_fields.items():
            assert field.description, f"{section}.{key}"
    assert env_name("write.words") == "TWIN_WRITE__WORDS"
    everything = {env_name("train.rank"): "4", env_name("model.kind"): "fake", env_name("train.refit"): "false"}
    settings, _ = load_settings(tmp_path, env=everything)
    assert (settings.train.rank, settings.model.kind, settings.train.refit) == (4, "fake", False)
