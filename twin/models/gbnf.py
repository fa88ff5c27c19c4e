"""An automaton over characters in, the grammar of llama.cpp that passes the same texts out.

Every state is a rule that reads one character and goes on with the rule of the state after it, so that llama.cpp
follows one path at a time. llama.cpp asks the grammar about the token it drew, and looks at all others only where
that one may not come (https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md).
"""

from __future__ import annotations

from functools import lru_cache

from twin.models.only import BEHIND_LINK, BOUNDARY, DEAD, DIGITS, HYPHENS, JOINTS, Only, automaton

_SIGNS = "".join(dict.fromkeys(BOUNDARY + HYPHENS + JOINTS + BEHIND_LINK + "/:" + DIGITS))
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "-": "\\-", "]": "\\]", "[": "\\[", '"': '\\"', "^": "\\x5E"}
_ANY_LETTER = "ʘ"
"""Stands for every character that no rule names."""


@lru_cache(maxsize=64)
def grammar(only: tuple[str, ...], begin: str = "") -> str:
    """A list and the text that is gone on from in, the grammar of what may follow out."""
    first = automaton(only).after(begin)
    lines, open_states, seen = [f"root ::= s{first}"], [first], {first}
    while open_states:
        rule, following = _rule(only, open_states.pop())
        lines.append(rule)
        fresh = [after for after in following if after not in seen]
        seen.update(fresh)
        open_states += fresh
    return "\n".join(lines)


@lru_cache(maxsize=8192)
def _rule(only: tuple[str, ...], state: int) -> tuple[str, tuple[int, ...]]:
    """The rule of a state, and the states that it names: the same at every block of a draft, wherever it begins."""
    rules = automaton(only)
    ways = _ways(rules, state)
    return f"s{state} ::= " + " | ".join([*ways.values(), *(['""'] if rules.may_end(state) else [])]), tuple(ways)


def _ways(rules: Only, state: int) -> dict[int, str]:
    """The states that one character leads to, each with its alternative of the rule."""
    letters = {char for char in (*rules.children.get(state, ()), *rules.children[0]) if char not in _SIGNS}
    named = [*_SIGNS, *sorted({way for char in letters for way in (char, char.upper()) if len(way) == 1})]
    by_state: dict[int, str] = {}
    for char in named:
        after = rules.step(state, char)
        if after != DEAD:
            by_state[after] = by_state.get(after, "") + char
    rest = rules.step(state, _ANY_LETTER)
    ways = {after: f"[{_escaped(chars)}] s{after}" for after, chars in by_state.items()}
    if rest != DEAD:
        others = f"[^{_escaped(''.join(named))}] s{rest}"
        ways[rest] = f"{ways[rest]} | {others}" if rest in ways else others
    return ways


def _escaped(chars: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in chars)
