"""Where settings come from and go to: flag > environment > `twin.toml` > default."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from twin.core.errors import BadSettings
from twin.core.paths import write_whole
from twin.core.settings import ENV_PREFIX, ENVIRONMENT_ONLY, Settings, env_name, names, sections

NOT_SETTINGS = {"TWIN_HOME", "TWIN_CACHE"}
SEE = "see every name and its unit with: twin config"
MEND_FIRST = f"mend that first, then {SEE}"
"""`twin config` reads the same file and environment, so it cannot help before."""


def default_home(env: Mapping[str, str] = os.environ) -> Path:
    return Path(env.get("TWIN_HOME") or Path.home() / ".llm-twin").expanduser()


def default_cache(env: Mapping[str, str] = os.environ) -> Path:
    chosen = env.get("TWIN_CACHE") or Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "llm-twin"
    return Path(chosen).expanduser()


def origin_of_folders(home: Path | None, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Where home and cache came from, in the words that `load_settings` has for the settings."""
    moved = env.get("TWIN_CACHE") or env.get("XDG_CACHE_HOME")
    return {
        "home": "flag" if home else "environment" if env.get("TWIN_HOME") else "default",
        "cache": "environment" if moved else "default",
    }


def load_settings(
    home: Path | None = None, *, flags: Mapping[str, Any] | None = None, env: Mapping[str, str] = os.environ
) -> tuple[Settings, dict[str, str]]:
    """A home, flags (`{"write.words": 90}`) and an environment in; the settings and where each value came from out.

    Raises: BadSettings with every problem at once, each with the nearest known name.
    """
    root = (home or default_home(env)).absolute()
    problems: list[str] = []
    values: dict[str, dict[str, Any]] = {}
    origin: dict[str, str] = {}
    file = root / "twin.toml"
    for layer, found in (
        (str(file), _from_toml(file, problems)),
        ("environment", _from_env(env, problems)),
        ("flag", dict(flags or {})),
    ):
        for name, value in found.items():
            section, _, key = name.partition(".")
            values.setdefault(section, {})[key] = value
            origin[name] = layer
    try:
        settings = Settings.model_validate({"home": root, "cache": default_cache(env).absolute(), **values})
    except ValidationError as bad:
        for error in bad.errors():
            name = ".".join(str(part) for part in error["loc"])
            said = f"{name} = {error['input']!r} ({origin[name]})" if name in origin else name
            problems.append(f"{said}: {error['msg'].lower()}")
        settings = Settings(home=root, cache=default_cache(env))
    if problems:
        flags_alone = all("(flag)" in problem for problem in problems)
        raise BadSettings("; ".join(problems), SEE if flags_alone else MEND_FIRST)
    return settings, origin


def _from_toml(file: Path, problems: list[str]) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as bad:
        problems.append(f"{file}: {bad}")
        return {}
    found: dict[str, Any] = {}
    for section, table in tables.items():
        if not isinstance(table, dict):
            problems.append(f"{file}: {section!r} stands outside a section")
            continue
        for key, value in table.items():
            name = f"{section}.{key}"
            if name in ENVIRONMENT_ONLY:
                problems.append(f"{name} is a secret: set {env_name(name)} instead of writing it into {file}")
            elif _known(name, f"in {file}", problems):
                found[name] = value
    return found


def _from_env(env: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, value in env.items():
        if not variable.startswith(ENV_PREFIX) or variable in NOT_SETTINGS:
            continue
        section, _, key = variable.removeprefix(ENV_PREFIX).lower().partition("__")
        if _known(f"{section}.{key}", f"from {variable}", problems):
            found[f"{section}.{key}"] = value
    return found


def write_setting(file: Path, name: str, value: str) -> None:
    """`write.words`, `90` into `twin.toml`, comments and order kept. Raises: BadSettings for what cannot be set so."""
    import tomlkit

    problems: list[str] = []
    there = _from_toml(file, problems)
    if name in ENVIRONMENT_ONLY:
        problems.append(f"{name} is a secret: set {env_name(name)} instead")
    elif _known(name, "on the command line", problems) and not problems:
        section, _, key = name.partition(".")
        beside = {one.partition(".")[2]: said for one, said in there.items() if one.startswith(f"{section}.")}
        try:
            checked = sections()[section].model_validate({**beside, key: value})
        except ValidationError as bad:
            problems += [f"{name} = {value!r}: {error['msg'].lower()}" for error in bad.errors()]
        else:
            made = tomlkit.parse(file.read_text("utf-8")) if file.is_file() else tomlkit.document()
            table = made.setdefault(section, tomlkit.table())
            table[key] = getattr(checked, key)
            write_whole(file, tomlkit.dumps(made))
    if problems:
        said = "; ".join(problems)
        raise BadSettings(said, MEND_FIRST if str(file) in said else SEE)


def known_setting(name: str) -> None:
    """Raises: BadSettings for what is no setting, with the nearest name."""
    problems: list[str] = []
    if not _known(name, "on the command line", problems):
        raise BadSettings(problems[0], SEE)


def _known(name: str, where: str, problems: list[str]) -> bool:
    known = names()
    if name in known:
        return True
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    problems.append(f"{name!r} {where} is not a setting" + (f", did you mean {near[0]!r}?" if near else ""))
    return False
