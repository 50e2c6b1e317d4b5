// The report's style sheet, inlined as it stands. Colours are variables with a light and a dark value; text on its ground has a
// contrast of at least 4.5 to 1 in both, lines and marks of 3 to 1.
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --ink: #1b1f24; --muted: #57606a; --rule: #d5dae0; --grid: #e8ebef; --link: #0b57c4;
  --c0: #1f62c9; --c1: #b5520b; --c2: #1c7c3f; --good: #136b34; --good-ground: #dff3e5; --bad: #a5180f; --bad-ground: #fde4e1;
  --plain-ground: #e7eaee; --warn-ground: #fff4d6; --warn-rule: #d9a400; --rollback: #b3261e; --resume: #6b4fb3; --code: #eef1f4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101418; --card: #181d23; --ink: #e7ebef; --muted: #a3adb8; --rule: #343c46; --grid: #272e36; --link: #83b4ff;
    --c0: #74a9ff; --c1: #f2a057; --c2: #62cc87; --good: #7fdc9f; --good-ground: #143323; --bad: #ff9d94; --bad-ground: #43191a;
    --plain-ground: #2b333c; --warn-ground: #332a10; --warn-rule: #b98d10; --rollback: #ff8a80; --resume: #b79dff; --code: #222931;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 2rem); }
header { padding-top: 2rem; }
h1, h2, h3 { line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h1 { font-size: clamp(1.6rem, 5vw, 2.2rem); letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin-bottom: 0.9rem; }
h3 { font-size: 1rem; color: var(--ink); }
h3 small { font-weight: 400; color: var(--muted); font-size: 0.85rem; }
p { margin: 0 0 0.6rem; }
a { color: var(--link); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.86em; }
code { overflow-wrap: anywhere; }
pre { margin: 0 0 1rem; padding: 0.9rem 1rem; background: var(--code); border-radius: 8px; overflow-x: auto; line-height: 1.45; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--card); padding: 0.4rem 0.8rem; z-index: 1; }
.eyebrow { color: var(--muted); font-size: 0.85rem; margin: 0 0 0.2rem; }
.subtitle { color: var(--muted); margin: 0.4rem 0 0.9rem; max-width: 60rem; overflow-wrap: anywhere; }
.badge { display: inline-block; font-size: 0.85rem; font-weight: 600; letter-spacing: 0; line-height: 1; padding: 0.35em 0.7em; border-radius: 1em; background: var(--plain-ground); color: var(--ink); vertical-align: middle; }
.badge.good { background: var(--good-ground); color: var(--good); }
.badge.bad { background: var(--bad-ground); color: var(--bad); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; margin: 0 0 1.4rem; padding: 0; }
nav a { display: inline-block; padding: 0.2rem 0; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: clamp(1rem, 2.5vw, 1.6rem); margin-bottom: 1.2rem; }
.note, figcaption { color: var(--muted); font-size: 0.88rem; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.4rem; margin-bottom: 0.8rem; }
.figure { flex: 0 1 20rem; }
.figure .value { display: block; font-size: clamp(1.7rem, 6vw, 2.3rem); font-weight: 650; line-height: 1.15; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figure:not(:first-child) .value { color: var(--muted); }
.figure .label { display: block; color: var(--muted); font-size: 0.9rem; line-height: 1.4; }
.unmeasured { font-size: 1.05rem; }
.failure { background: var(--bad-ground); border-radius: 8px; padding: 0.7rem 0.9rem; overflow-wrap: anywhere; white-space: pre-wrap; }
.failure strong { color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.2rem, 1fr)); gap: 0.8rem 1.2rem; margin: 1.1rem 0 0; padding-top: 1.1rem; border-top: 1px solid var(--rule); }
dt { color: var(--muted); font-size: 0.85rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tiles dd { font-weight: 600; }
.warnings { margin-top: 1.2rem; padding: 0.8rem 1rem; background: var(--warn-ground); border-left: 4px solid var(--warn-rule); border-radius: 6px; }
.warnings ul { margin: 0.3rem 0 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 1.6rem 2rem; margin-top: 1rem; }
.chart { margin: 0; min-width: 0; max-width: 40rem; }
.readout { display: flex; flex-wrap: wrap; gap: 0 0.9rem; margin: 0.1rem 0 0.3rem; min-height: 1.5em; font-size: 0.88rem; color: var(--muted); font-variant-numeric: tabular-nums; }
.readout b { color: var(--ink); font-weight: 600; }
.key { white-space: nowrap; }
.swatch { width: 0.85em; height: 0.85em; vertical-align: -0.05em; margin-right: 0.2em; }
.plot { touch-action: pan-y; cursor: crosshair; }
.plot svg { display: block; width: 100%; height: auto; }
.tick { fill: var(--muted); font-size: 12px; text-anchor: middle; font-variant-numeric: tabular-nums; }
.tick.end { text-anchor: end; }
.grid { stroke: var(--grid); fill: none; }
.axis, .tickmark { stroke: var(--muted); fill: none; }
.reference { stroke: var(--muted); fill: none; stroke-dasharray: 2 3; }
.c0 { --c: var(--c0); } .c1 { --c: var(--c1); } .c2 { --c: var(--c2); }
.line, .bar { stroke: var(--c); fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.bar { stroke-width: 1.3; }
.band { fill: var(--c); opacity: 0.22; }
.point { fill: var(--c); stroke: var(--c); stroke-width: 1.6; }
.point.hollow { fill: var(--card); }
.abandoned { opacity: 0.65; }
.abandoned .line { stroke-dasharray: 4 3; stroke-width: 1.4; }
.abandoned .band { opacity: 0.12; }
.mark { stroke-dasharray: 5 3; fill: none; stroke-width: 1.2; }
.mark.rollback { stroke: var(--rollback); } .sign.rollback { fill: var(--rollback); } .marker.rollback { color: var(--rollback); }
.mark.resume { stroke: var(--resume); } .sign.resume { fill: var(--resume); } .marker.resume { color: var(--resume); }
.crosshair { stroke: var(--ink); stroke-width: 1; opacity: 0.6; }
.reading { fill: var(--c); stroke: var(--card); stroke-width: 1.5; }
details { font-size: 0.9rem; }
summary { color: var(--link); cursor: pointer; padding: 0.15rem 0; }
.scroll { overflow-x: auto; }
details .scroll { max-height: 24rem; overflow-y: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.35rem 1.4rem 0.35rem 0; border-bottom: 1px solid var(--grid); vertical-align: top; font-variant-numeric: tabular-nums; }
thead th { position: sticky; top: 0; background: var(--card); color: var(--muted); font-weight: 600; }
tbody th, td code { font-weight: 400; white-space: nowrap; }
.number { text-align: right; }
.settings { min-width: 44rem; width: 100%; }
.settings td:nth-child(2) { overflow-wrap: anywhere; min-width: 9rem; max-width: 18rem; font-weight: 600; }
.settings td:nth-child(3) { color: var(--muted); }
.settings .unit { font-weight: 400; color: var(--muted); }
.facts { margin: 0 0 1rem; display: grid; gap: 0.5rem; }
.pictures { display: flex; flex-wrap: wrap; gap: 1.4rem 2rem; align-items: flex-start; }
.picture { margin: 0; flex: 1 1 20rem; max-width: 38rem; }
.picture img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 4px; background: var(--grid); margin-bottom: 0.5rem; }
.slider { display: flex; align-items: center; gap: 0.8rem; margin: 0.5rem 0 0; font-size: 0.9rem; }
.slider[hidden] { display: none; }
.slider input { flex: 1; min-width: 0; height: 2rem; accent-color: var(--c0); }
.strip { display: flex; gap: 0.7rem; overflow-x: auto; list-style: none; margin: 1.2rem 0 0.4rem; padding: 4px; }
.strip figure { margin: 0; width: 8.5rem; }
.strip img { display: block; width: 100%; height: auto; border-radius: 3px; cursor: pointer; }
.strip img.current { outline: 3px solid var(--c0); outline-offset: 1px; }
.strip figcaption { text-align: center; font-variant-numeric: tabular-nums; }
footer { color: var(--muted); font-size: 0.85rem; padding-bottom: 2rem; }
@media (max-width: 46rem) {
  .tick { font-size: 14px; }
  .settings { min-width: 0; }
  .settings thead { display: none; }
  .settings tbody, .settings th { display: block; }
  .settings tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 1rem; padding: 0.5rem 0; border-bottom: 1px solid var(--grid); }
  .settings th { white-space: normal; }
  .settings th, .settings td { border: 0; padding: 0; min-width: 0; }
  .settings td:nth-child(2) { text-align: right; min-width: 0; }
  .settings td:nth-child(3) { grid-column: 1 / -1; font-size: 0.85rem; }
}
@media print {
  body { background: none; } section { break-inside: avoid; border: 0; padding: 0; } nav, .slider, .skip, details { display: none; }
}
`;
