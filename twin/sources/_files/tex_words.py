"""What the commands and environments of LaTeX mean for prose: which go, which are signs, which hold words."""

from __future__ import annotations

DROPPED_ENVIRONMENTS = frozenset(
    """
figure table wrapfigure wraptable algorithm algorithmic algorithm2e tabular tabularx tabulary longtable tikzpicture
thebibliography verbatim Verbatim lstlisting minted filecontents SCfigure sidewaystable sidewaysfigure subfigure
floatingfigure picture pspicture CCSXML keywords IEEEkeywords
""".split()
)
MATHS = frozenset("equation align gather multline eqnarray displaymath math flalign alignat subequations dmath".split())
QUOTES = frozenset("quote quotation displayquote epigraphs".split())
LISTS = frozenset("itemize enumerate description compactitem compactenum".split())
_DROPPED = {
    0: "tableofcontents newpage clearpage noindent centering small footnotesize bf it em",
    1: """
label vspace hspace bibliographystyle bibliography nocite includegraphics pagestyle thispagestyle usepackage input
include graphicspath addbibresource date thanks Thanks footnotemark author title affil affiliation address email
institute orcid keywords color phantom vskip hskip pdfbookmark todo mytodo missingfigure hypersetup setlist marginpar
index linespread pagenumbering acrodef received maketitle IEEEpeerreviewmaketitle authorrunning titlerunning ccsdesc
setcopyright acmConference acmDOI acmISBN acmYear acmJournal caption bibitem newif tikzset pgfplotsset captionsetup
tikzsetnextfilename
""",
    2: """
setlength addtolength setcounter addtocounter rule fontsize newtheorem DeclareMathOperator colorlet resizebox
""",
    3: "addcontentsline definecolor",
}
DROPPED = {name: count for count, names in _DROPPED.items() for name in names.split()}
"""Commands that say nothing, with how many arguments go with them."""
LAST_ARGUMENT = {
    **dict.fromkeys("textcolor colorbox href raisebox parbox scalebox foreignlanguage texorpdfstring".split(), 2),
    **dict.fromkeys("multirow multicolumn fcolorbox".split(), 3),
}
"""Commands of whose so many arguments only the last holds words."""
TEXTUAL = frozenset("citet textcite citeauthor newcite shortciteN Citet citeN cites citeauthoryear posscite".split())
"""Citations that are a part of their sentence."""
POINTERS = frozenset("ref eqref autoref cref Cref pageref nameref vref Autoref".split())
SECTIONS = frozenset("part chapter section subsection subsubsection".split())
SYMBOLS = {
    "ldots": "…", "dots": "…", "textellipsis": "…", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø",
    "O": "Ø", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "S": "§", "P": "¶", "copyright": "©",
    "pounds": "£", "euro": "€", "texttildelow": "~", "textasciitilde": "~", "textbackslash": "\\", "textendash": "–",
    "textemdash": "—", "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’",
    "LaTeX": "LaTeX", "TeX": "TeX", "textbar": "|", "textless": "<", "textgreater": ">", "textregistered": "®",
    "texttrademark": "™", "textdegree": "°", "quad": " ", "qquad": " ", "and": ", ", "par": "\n\n", "newline": "\n",
    "linebreak": "\n", "textasciicircum": "^", "slash": "/", "nobreakdash": "", "dag": "†", "ddag": "‡",
    "textperiodcentered": "·",
}  # fmt: skip
ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "H": "\u030b", "u": "\u0306", "r": "\u030a", "k": "\u0328", "d": "\u0323",
}  # fmt: skip
TYPED = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"))
NO_SPACE = (*".,;:!?)'’/-~}\\", "")
"""Signs before which xspace puts no space."""
