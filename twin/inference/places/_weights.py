"""How X counts a text: twitter-text, configuration 3.

https://github.com/twitter/twitter-text/blob/master/config/v3.json: after NFC a code point of these ranges weighs 1, any
other 2; a link weighs 23 whatever its length, an emoji 2 however many code points it is made of.
"""

from __future__ import annotations

import re
import unicodedata

LIMIT = 280
LINK_WEIGHT, EMOJI_WEIGHT = 23, 2
_HEAVY = re.compile("[^\\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_TOP = (
    "com org net edu gov mil int info biz name pro dev app blog news tech cloud online site store shop xyz page design "
    "art live world agency studio space today wiki social media email team zone digital network systems software"
)
"""Domains without https:// that are links all the same; of the two-letter ones X wants a path or a third part."""
_NAME = r"[^\W_](?:[\w-]*[^\W_])?"
_REST = r"(?::\d+)?(?:[/?#](?:[^\s<>\"“”()]*(?:\([^\s<>\"()]*\))?)*(?<![.,;:!?'’…]))?"
_END = r"(?![\w@-])"
LINK = re.compile(
    rf"(?<![\w@#$./-])(?:https?://(?:{_NAME}\.)+[a-z]{{2,}}{_END}{_REST}"
    rf"|(?:{_NAME}\.){{2,}}[a-z]{{2}}{_END}{_REST}"
    rf"|(?:{_NAME}\.)+(?:{'|'.join(_TOP.split())}){_END}{_REST}"
    rf"|{_NAME}\.(?:co|tv){_END}{_REST}"
    rf"|{_NAME}\.[a-z]{{2}}(?=/){_REST})",
    re.IGNORECASE,
)
_PICTURE = (
    "[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_DRESSED = f"{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?(?:[\U000e0020-\U000e007f]+)?"
EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[#*0-9]\ufe0f?\u20e3|[\xa9\xae]\ufe0f|{_DRESSED}(?:\u200d{_DRESSED})*"
    "|[\U0001f3fb-\U0001f3ff]"
)
"""Flags, keycaps, and pictures with a skin, a flag's letters, or more pictures joined to them."""


def weight(text: str) -> int:
    """A text in, what it weighs out."""
    text = unicodedata.normalize("NFC", text)
    rest, links = LINK.subn("", text)
    rest, emoji = EMOJI.subn("", rest)
    return LINK_WEIGHT * links + EMOJI_WEIGHT * emoji + len(rest) + len(_HEAVY.findall(rest))
