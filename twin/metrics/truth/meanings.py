"""Two words in, whether they mean the opposite or nearly the same; short lists, not a dictionary.

An unlisted pair of verbs counts as different: a draft that says "sold" where the source says "wrote" must be shown to
a person, and a rare synonym is the price.
"""

from __future__ import annotations

from functools import lru_cache

from twin.metrics.truth.person import PAST
from twin.metrics.truth.stems import stem

_OPPOSITES = """add:remove add:delete create:delete create:destroy build:destroy open:close start:stop
begin:end start:end start:finish accept:reject accept:refuse increase:reduce raise:lower rise:fall
grow:shrink improve:worsen win:lose buy:sell push:pull give:take send:receive allow:forbid allow:prevent
allow:block enable:prevent help:hinder use:avoid support:oppose love:hate like:dislike succeed:fail
pass:fail work:fail show:hide publish:hide release:withdraw fix:break save:waste save:lose gain:lose
remember:forget ask:answer teach:learn lead:follow arrive:leave come:go enter:leave agree:refuse
before:after above:below over:under up:down in:out on:off first:last more:less most:least many:few
more:fewer always:never often:rarely all:none everybody:nobody everyone:nobody everything:nothing
with:without inside:outside early:late earlier:later fast:slow faster:slower quick:slow big:small
bigger:smaller large:small larger:smaller high:low higher:lower long:short longer:shorter new:old
newer:older good:bad better:worse best:worst easy:hard easier:harder easy:difficult simple:complex
cheap:expensive cheaper:dearer right:wrong right:left true:false same:different possible:impossible
public:private internal:external local:remote full:empty safe:dangerous rich:poor strong:weak light:dark
hot:cold warm:cold thin:thick narrow:wide open:shut minimum:maximum success:failure advantage:disadvantage""".split()
_PREFIXES = (
    *(("", negative) for negative in ("un", "dis", "in", "im", "ir", "il", "non", "de", "mis")),
    *(("in", "ex"), ("im", "ex"), ("in", "de"), ("en", "dis"), ("ap", "disap"), ("up", "down"), ("over", "under")),
)
_ALIKE = """start begin commence; end finish complete stop; help assist aid; use employ utilise utilize;
let allow permit; show display; fix repair mend; buy purchase; choose pick select; get obtain receive;
make create build produce; need require; try attempt; keep retain; change modify alter; say state tell
mention; see notice; want wish like; think believe; ask request; go travel; speak talk; check verify;
write draft; run execute; remove delete drop; add append include; send mail; need want; happen occur;
seem appear; learn find discover; look seem; live reside; stay remain; grow rise increase; fall drop
decrease reduce; switch change move; meet see; work run; return give"""
_PASTS = """bought:buy sold:sell won:win lost:lose gave:give taken:take took:take sent:send built:build broke:break
found:find began:begin chose:choose kept:keep grew:grow fell:fall rose:rise wrote:write said:say told:tell
thought:think met:meet left:leave came:come went:go got:get made:make forbade:forbid taught:teach forgot:forget
led:lead spoke:speak ran:run saw:see hid:hide felt:feel shrank:shrink lent:lend""".split()
_BEFORE_A_VERB = frozenset(
    """to i we you they he she it who can could will would shall should must may might do does did not don't didn't
    and that which""".split()
)

_BASE: dict[str, str] = dict(pair.split(":") for pair in _PASTS)


def _root(word: str) -> str:
    return stem(_BASE.get(word.lower(), word.lower()))


_OPPOSITE = {frozenset(map(_root, pair.split(":"))) for pair in _OPPOSITES}
_GROUPS = [frozenset(map(_root, group.split())) for group in _ALIKE.split(";")]


def opposite(one: str, other: str) -> bool:
    """Whether the words are listed as opposites or differ by a prefix like "un"."""
    first, second = _root(one), _root(other)
    if frozenset((first, second)) in _OPPOSITE:
        return True
    return any(_apart_by(plain, turned, first, second) for plain, turned in _PREFIXES)


def alike(one: str, other: str) -> bool:
    first, second = _root(one), _root(other)
    return first == second or any({first, second} <= group for group in _GROUPS)


@lru_cache(maxsize=20_000)
def kin(stemmed: str) -> str:
    """A stem in, one that stands for all that mean nearly the same out; itself where none is listed."""
    return next((min(group) for group in _GROUPS if stemmed in group), stemmed)


def verbal(word: str, before: str) -> bool:
    """Whether a word reads as a verb: by its ending, as a known past form, or by the word before it."""
    low = word.lower()
    if low != word or len(low) < 3:
        return False
    return low in PAST or (low.endswith(("ed", "ing")) and len(low) > 4) or before.lower() in _BEFORE_A_VERB


def _apart_by(plain: str, turned: str, first: str, second: str) -> bool:
    for one, other in ((first, second), (second, first)):
        rest = one.removeprefix(plain)
        if one.startswith(plain) and len(rest) >= 3 and other == turned + rest:
            return True
    return False
