"""How the studio looks: paper and ink by day, the reverse by night, one column on a phone."""

CSS = """
body { --paper: #f6f5f1; --panel: #fff; --ink: #1d1c1a; --soft: #6b675f; --line: #e2dfd6; --edge: #857f74;
  --tint: #efede6; --accent: #0f5c4d; --on-accent: #fff;
  --good: #17693a; --bad: #b3261e; --warn: #8a5a00; --calm: #4a5568;
  --q-primary: var(--accent) !important; --q-negative: var(--bad) !important;
  background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
body.body--dark { --paper: #141517; --panel: #1d1f22; --ink: #e9e6df; --soft: #a5a198; --line: #34373c; --edge: #777b82;
  --tint: #26292d;
  --accent: #7cc9b4; --on-accent: #10231e; --good: #7fd19b; --bad: #ff9b92; --warn: #f0c36d; --calm: #b4bccb; }
#popup::after { content: "If it stays away, start twin serve again. What you typed stays."; }
#popup { max-width: 22rem; padding: 1rem 1.5rem 1rem 3.2rem; box-sizing: border-box; background: var(--panel);
  color: var(--ink); border: 2px solid var(--warn); }
.post, .asked, .excerpt, .claim span, .earlier span, textarea { unicode-bidi: plaintext; text-align: start; }
.nicegui-content { padding: 0; gap: 0; align-items: stretch; }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.2rem; padding: .7rem 1rem;
  border-bottom: 1px solid var(--line); background: var(--panel); }
.brand { font: 700 1.1rem/1.3 Georgia, "Times New Roman", serif; letter-spacing: -.01em; margin-right: .4rem; }
.top nav { display: flex; gap: .2rem; flex: 1 1 auto; }
.top nav a { color: var(--soft); text-decoration: none; padding: .35rem .7rem; border-radius: 999px; }
.top nav a:hover { background: var(--tint); }
.top nav a.here { color: var(--ink); background: var(--tint); font-weight: 600; }
.state { color: var(--soft); font-size: .85rem; }
.sheet { width: 100%; max-width: 74rem; margin: 0 auto; padding: 1rem; box-sizing: border-box; }
.columns { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); align-items: start; }
.stack { display: grid; gap: 1rem; min-width: 0; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 900px) {
  .sheet { padding: 1.5rem; }
  .columns { grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: 1.5rem; }
  .columns.wide-right { grid-template-rows: auto 1fr; }
  .wide-right > :nth-child(2) { grid-column: 2; grid-row: 1 / 3; }
  .stays { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto; } }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: .8rem; padding: 1rem 1.1rem;
  min-width: 0; overflow-wrap: anywhere; display: flex; flex-direction: column; gap: .7rem; align-items: stretch; }
.card h2 { font: 700 1.05rem/1.3 Georgia, "Times New Roman", serif; margin: 0; }
.card details > .q-field + .q-field { margin-top: .6rem; }
.card h3 { font-size: .95rem; line-height: 1.3; font-weight: 650; margin: .5rem 0 0; }
.card p, .card ul, .card ol { margin: 0; padding: 0; } .card li { list-style: none; }
.row-of { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; } .row-of > .grow { flex: 1 1 12rem; }
.soft { color: var(--soft); font-size: .88rem; } .mono { font-family: ui-monospace, Menlo, Consolas, monospace; }
.q-btn.act { background: var(--accent); color: var(--on-accent); } .q-btn.quiet { color: var(--accent); }
.q-btn { border-radius: .55rem; font-weight: 600; } .q-btn .q-icon { font-size: 1.2em; }
.q-field__control { border-radius: .55rem !important; }
.q-field--outlined .q-field__control:before { border-color: var(--edge); }
.q-field--with-bottom { padding-bottom: 0; } .q-field__bottom { position: static; transform: none !important;
  min-height: 0; font-size: .82rem; } .q-field__messages { line-height: 1.35; }
a { color: var(--accent); }
@layer overrides {
  a:focus-visible, button:focus-visible, summary:focus-visible, [role=checkbox]:focus-visible,
  [role=tab]:focus-visible { outline: 2px solid var(--accent) !important; outline-offset: 2px; }
  .q-btn.disabled { opacity: .55 !important; } }
.q-btn.disabled { background: var(--tint); color: var(--soft); }
.notice { border-radius: .6rem; padding: .6rem .8rem; margin-bottom: 1rem; border-left: 4px solid var(--calm);
  background: var(--tint); overflow-wrap: anywhere; } .card .notice { margin: 0; }
.notice.bad { border-color: var(--bad); } .notice.warn { border-color: var(--warn); }
.notice.good { border-color: var(--good); } .notice b { font-weight: 650; }
.notice .row-of { margin-top: .5rem; }
.job { margin-bottom: 1rem; position: sticky; top: 0; z-index: 5; padding: .5rem 0; background: var(--paper); }
.job .q-linear-progress { border-radius: 999px; margin-top: .3rem; color: var(--accent) !important; }
.q-uploader { width: 100%; max-height: none; box-shadow: none; border: 1.5px dashed var(--edge); border-radius: .6rem;
  background: transparent; color: var(--ink); }
.q-uploader__header { background: transparent; color: var(--ink); }
.q-uploader__title { font-size: .92rem; font-weight: 500;
  white-space: normal; line-height: 1.35; }
.q-uploader .q-btn .q-icon { font-size: 1.7rem; }
.q-uploader__subtitle { display: none; } .q-uploader__list { min-height: 0; padding: 0; }
.q-uploader__list:empty { display: none; }
.q-uploader__list > div { margin: .4rem; }
.source { border-top: 1px solid var(--line); padding-top: .7rem; display: grid; gap: .25rem; }
.source:first-child { border: 0; padding-top: 0; }
.kind { font-size: .78rem; padding: .1rem .5rem; border-radius: 999px; background: var(--tint); color: var(--calm); }
.counts { display: flex; flex-wrap: wrap; gap: .15rem .9rem; font-size: .9rem; } .counts b { font-weight: 650; }
details > summary { list-style: none; cursor: pointer; font-size: .9rem; color: var(--soft); }
details[open] > summary { margin-bottom: .4rem; }
details > summary::before { content: "\\25b8\\a0"; } details[open] > summary::before { content: "\\25be\\a0"; }
.why { display: grid; gap: .15rem .8rem; grid-template-columns: minmax(0, 1fr); font-size: .85rem; }
.q-checkbox__label { font-size: .92rem; } .why > :nth-child(even) { color: var(--soft); margin-bottom: .3rem; }
@media (min-width: 640px) { .why { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
.why > :nth-child(even) { margin: 0; } }
.post { white-space: pre-wrap; border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem;
  font-size: 1.02rem;
  line-height: 1.55; } .post span { display: inline; }
.said { cursor: pointer; border-radius: .25rem; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.said:hover { background: var(--tint); } .said:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.said.picked { background: var(--accent); color: var(--on-accent); }
.said.kept { box-shadow: inset 0 -2px var(--good); }
.said.not_found, .said.contradicted, .said.memory { text-decoration: underline dotted 2px var(--tone);
  text-underline-offset: .2em; }
.tight { gap: .7rem; }
.chips { display: flex; flex-wrap: wrap; gap: .4rem; }
.chips .q-btn { border: 1px solid var(--line); border-radius: 999px; padding: .1rem .7rem; min-height: 2.2rem; }
.changing { background: var(--tint); border-radius: .6rem; padding: .6rem .8rem; display: grid; gap: .5rem; }
.changing .row-of { min-height: 2rem; }
.found > details { border-top: 1px solid var(--line); padding: .5rem 0; }
.found > details > summary { color: inherit; } .found > details > summary b { font-weight: 650; margin-right: .5rem; }
.found > details > summary.minded b { color: var(--warn); }
.found > details > summary span { color: var(--soft); }
.more { display: grid; gap: .4rem; padding-left: .2rem; grid-template-columns: minmax(0, 1fr); }
.habit { display: grid; gap: .15rem; font-size: .9rem; } .habit.out span { color: var(--warn); font-weight: 650; }
.scale { position: relative; height: .55rem; border-radius: 999px; background: var(--tint);
  margin: .1rem .4rem .1rem 0; }
.scale i { position: absolute; top: 0; bottom: 0; border-radius: 999px; background: var(--good); opacity: .45; }
.scale b { position: absolute; top: -.1rem; width: .75rem; height: .75rem; margin-left: -.37rem; border-radius: 50%;
  background: var(--ink); border: 2px solid var(--panel); box-sizing: border-box; }
.habit.out .scale b { background: var(--warn); }
.versions { border-top: 1px solid var(--line); padding-top: .5rem; }
.version { display: flex; flex-wrap: wrap; gap: .1rem .8rem; align-items: baseline; padding: .25rem 0; }
.version b { font-weight: 500; } .version.here b { font-weight: 650; } .version .q-btn { margin-left: auto; }
.variants { background: transparent; width: 100%; } .variants .q-tab-panel { padding: .4rem 0 0; }
.fold { user-select: none; -webkit-user-select: none; border-left: 2px solid var(--warn); color: var(--warn);
  font-size: .66rem;
  vertical-align: super; line-height: 0; padding: 0 .2rem; margin: 0 .1rem; }
.claim { display: grid; grid-template-columns: minmax(0, 1fr); gap: .1rem; padding: .45rem 0 .45rem .7rem;
  border-left: 3px solid var(--tone); margin-bottom: .35rem; }
.claim .status { color: var(--tone); font-size: .82rem; font-weight: 650; }
.supported { --tone: var(--good); } .contradicted { --tone: var(--bad); } .not_found { --tone: var(--warn); }
.opinion { --tone: var(--calm); } .memory { --tone: #0b62a8; }
body.body--dark .memory { --tone: #6db6f2; }
.minded.blocker b { color: var(--bad); } .minded.warning b { color: var(--warn); }
.minded.advice b { color: var(--calm); } .post.mono { font-size: .85rem; }
.passage { border-top: 1px solid var(--line); padding: .5rem 0; display: grid; gap: .15rem; }
.passage:first-child { border: 0; }
.passage .head { display: flex; flex-wrap: wrap; gap: .2rem .6rem; align-items: baseline; }
.excerpt { font-size: .88rem; color: var(--soft); white-space: pre-line; }
.earlier { text-align: left; background: none; border: 0; border-top: 1px solid var(--line); padding: .5rem 0;
  color: inherit; font: inherit;
  cursor: pointer; width: 100%; overflow: hidden; } .earlier:hover { color: var(--accent); }
.earlier span { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.example.chosen { color: var(--accent); } .example .facts { display: flex; flex-wrap: wrap; gap: .1rem .5rem; }
.example i { font-style: normal; }
.example .excluded { color: var(--bad); font-weight: 650; } .example .edited { color: var(--warn); font-weight: 650; }
.kind.active { color: var(--good); font-weight: 650; } .kind.tainted { color: var(--bad); }
.losses { width: 100%; max-width: 30rem; height: auto; display: block; font-size: 11px; fill: var(--soft); }
.losses polyline, .losses line { fill: none; stroke: var(--soft); stroke-opacity: .45; }
.losses polyline.mean { stroke: var(--calm); stroke-width: 1.5; stroke-opacity: 1; }
.losses polyline.unseen { stroke: var(--accent); stroke-width: 2; stroke-opacity: 1; }
.losses circle { fill: var(--accent); }
.halves > * { flex: 1 1 40%; min-width: 0; }
.asked { white-space: pre-wrap; font-size: .88rem; color: var(--soft); background: var(--tint); border-radius: .6rem;
  padding: .6rem .8rem; }
.q-uploader__file { background: var(--tint); border-color: var(--line) !important; }
@media (max-width: 480px) { .sheet { padding: .7rem; } .card { padding: .9rem; } .state { flex-basis: 100%; }
.top { padding: .6rem .7rem; } .top nav { flex-wrap: wrap; } .top nav a { padding: .35rem .5rem; } }
@media (pointer: coarse), (max-width: 600px) {
  .top nav a, .q-btn.act, .q-btn.quiet, .chips .q-btn, summary { min-height: 2.75rem; min-width: 2.75rem;
    box-sizing: border-box; }
  .top nav a, summary { align-content: center; } .top nav a { display: inline-grid; }
  .q-checkbox { min-height: 2.75rem; } }
"""
