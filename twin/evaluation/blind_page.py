"""The page of a blind test: self-contained, from a file, light and dark, by keyboard, readable without a script."""

from __future__ import annotations

from html import escape

from twin.evaluation.blind import BlindTest, Pair

CSS = """
:root{color-scheme:light dark;--ink:#1b1b1b;--soft:#5c5c5c;--paper:#fff;--card:#f5f5f2;--line:#8b8b84;--mark:#0b62a8}
@media(prefers-color-scheme:dark){:root{--ink:#e9e9e6;--soft:#a5a5a0;--paper:#161616;--card:#212121;--line:#6d6d68;
--mark:#6db6f2}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1rem;font:16px/1.5 system-ui,sans-serif}
body{color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem;line-height:1.25}fieldset{border:0;border-top:1px solid var(--line);padding:1.2rem 0;margin:0}
legend{font-weight:600;padding:0 .5rem 0 0}.soft{color:var(--soft)}
.side{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr))}
.side section{background:var(--card);padding:.8rem;border-radius:.5rem;min-width:0}
.text{white-space:pre-wrap;overflow-wrap:anywhere}h2{font-size:1rem;margin:0 0 .4rem}
.choices{display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;margin-top:.8rem}
label{display:inline-flex;gap:.4rem;padding:.5rem 0}
input[type=text]{font:inherit;padding:.5rem;border:1px solid var(--line);border-radius:.3rem;background:var(--paper);
color:inherit;max-width:100%}
button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.3rem;background:var(--mark);color:var(--paper)}
:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
@media print{fieldset{break-inside:avoid}button{display:none}}
"""
SCRIPT = """
const form = document.querySelector('form'), said = document.querySelector('#said');
const pairs = [...form.querySelectorAll('fieldset[data-pair]')];
const chosen = pair => pair.querySelector('input[type=radio]:checked');
const count = () => { said.textContent = pairs.filter(chosen).length + ' of ' + pairs.length + ' answered.'; };
form.addEventListener('change', count);
form.addEventListener('submit', event => {
  event.preventDefault();
  const reader = form.reader.value.trim();
  if (!reader) { said.textContent = 'Please give a name first.'; form.reader.focus(); return; }
  const answers = {};
  for (const pair of pairs) if (chosen(pair)) answers[pair.dataset.pair] = chosen(pair).value;
  const found = { test: form.dataset.test, reader: reader, author: form.wrote.checked, answers: answers };
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify(found, null, 1)], { type: 'application/json' }));
  link.download = 'answers-' + (reader.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'reader') + '.json';
  link.click();
  said.textContent = 'Saved as ' + link.download + ': send this file back.';
});
count();
"""


def blind_page(test: BlindTest) -> str:
    """A blind test in, the whole page out; no system is named in it."""
    name = escape(test.author)
    pairs = "\n".join(_pair(pair, i, len(test.pairs), name) for i, pair in enumerate(test.pairs, start=1))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Which one did {name} write?</title><style>{CSS}</style></head><body>"
        f"<h1>Which one did {name} write?</h1>"
        f"<p>In each pair choose the text that you take for {name}’s, or “cannot tell”. Names, numbers and links are "
        "masked. Some pairs hold no text of theirs at all: choose the one that is more like them.</p>"
        f'<form data-test="{escape(test.digest)}">'
        '<p><label>Your name <input type="text" name="reader" autocomplete="name" maxlength="80"></label></p>'
        f'<p><label><input type="checkbox" name="wrote"> I am {name}: I wrote the posts and may remember them</label>'
        f'</p>{pairs}<p><button type="submit">Save my answers</button> '
        '<span id="said" role="status" class="soft"></span></p>'
        "<noscript><p>Without JavaScript nothing can be saved here: print the page, or write down pair and choice.</p>"
        f"</noscript></form><script>{SCRIPT}</script></body></html>\n"
    )


def _pair(pair: Pair, place: int, total: int, name: str) -> str:
    sides = "".join(
        f'<section><h2>{said}</h2><div class="text">{escape(text)}</div></section>'
        for said, text in (("Left", pair.left), ("Right", pair.right))
    )
    choices = "".join(
        f'<label><input type="radio" name="{pair.id}" value="{value}"> {said}</label>'
        for value, said in (("left", "Left"), ("right", "Right"), ("tie", "Cannot tell"))
    )
    return (
        f'<fieldset data-pair="{pair.id}"><legend>{place} of {total}: which one did {name} write?</legend>'
        f'<div class="side">{sides}</div><div class="choices">{choices}</div></fieldset>'
    )
