// Elements and style sheets by the DOM alone: no markup is parsed and no style attribute written, so that a page's
// content policy and Trusted Types have nothing to object to.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes, listeners (`onclick: …`) and children; what is `false` or missing is left out.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | false | undefined | null)} children
 */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return made;
}

/** The wallet's sign, drawn: a data URI would be refused by many policies. */
export function sign() {
  const line = { fill: "none", "stroke-linecap": "round" };
  return drawn(
    "svg",
    { viewBox: "0 0 64 64", "aria-hidden": "true", class: "sign" },
    drawn("rect", { width: 64, height: 64, rx: 14, fill: "#0b6a4f" }),
    drawn("path", { ...line, d: "M46 19.5C42.5 15.3 37.5 13.5 32 13.5c-8.5 0-14.5 3.8-14.5 9.6 0 12 29.5 5 29.5 16.6 0 5.9-6.5 9.8-15 9.8-6 0-11-1.7-14.7-5.7", stroke: "#fff", "stroke-width": 5 }),
    drawn("path", { ...line, d: "M14 56h36", stroke: "#9be0c6", "stroke-width": 2.5 }),
  );
}

let shared;

/** Has a shadow root use our style; every root shares one sheet. */
export function dress(root) {
  if (!shared) {
    shared = new CSSStyleSheet();
    shared.replaceSync(STYLE);
  }
  root.adoptedStyleSheets = [shared];
}

const STYLE = `
:host {
  --ground: var(--soma-connect-ground, #ffffff);
  --ink: var(--soma-connect-ink, #14211c);
  --ink-2: var(--soma-connect-ink-2, #4a5a53);
  --rule: var(--soma-connect-rule, #7c8a84);
  --sunken: var(--soma-connect-sunken, #ebeeec);
  --accent: var(--soma-connect-accent, #0b6a4f);
  --on-accent: var(--soma-connect-on-accent, #ffffff);
  --danger: var(--soma-connect-danger, #b3261e);
  --radius: var(--soma-connect-radius, 6px);
  --font: var(--soma-connect-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  --mono: var(--soma-connect-mono, ui-monospace, "SF Mono", Consolas, monospace);
  color-scheme: light;
  display: inline-block;
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host(:not([theme="light"])) {
    --ground: var(--soma-connect-ground, #181e1c);
    --ink: var(--soma-connect-ink, #e8eeeb);
    --ink-2: var(--soma-connect-ink-2, #b0bdb7);
    --rule: var(--soma-connect-rule, #6d7c75);
    --sunken: var(--soma-connect-sunken, #0b0f0e);
    --accent: var(--soma-connect-accent, #5fcda6);
    --on-accent: var(--soma-connect-on-accent, #06231a);
    --danger: var(--soma-connect-danger, #ff9188);
    color-scheme: dark;
  }
}
:host([theme="dark"]) {
  --ground: var(--soma-connect-ground, #181e1c);
  --ink: var(--soma-connect-ink, #e8eeeb);
  --ink-2: var(--soma-connect-ink-2, #b0bdb7);
  --rule: var(--soma-connect-rule, #6d7c75);
  --sunken: var(--soma-connect-sunken, #0b0f0e);
  --accent: var(--soma-connect-accent, #5fcda6);
  --on-accent: var(--soma-connect-on-accent, #06231a);
  --danger: var(--soma-connect-danger, #ff9188);
  color-scheme: dark;
}
* { box-sizing: border-box; }
button {
  align-items: center;
  background: var(--ground);
  border: 1px solid var(--rule);
  border-radius: var(--radius);
  color: var(--ink);
  cursor: pointer;
  display: inline-flex;
  font: 600 1rem/1.25 var(--font);
  gap: 0.6rem;
  justify-content: center;
  min-height: 2.75rem;
  padding: 0.5rem 1rem;
}
button:hover { background: var(--sunken); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.main:hover { filter: brightness(0.94); }
button.danger { color: var(--danger); }
button:disabled { cursor: default; opacity: 0.6; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.sign, .icon { block-size: 1.5rem; border-radius: 0.35rem; flex: none; inline-size: 1.5rem; }
.mono { font-family: var(--mono); font-size: 0.875rem; font-weight: 400; }
dialog {
  background: var(--ground);
  border: 1px solid var(--rule);
  border-radius: calc(var(--radius) * 1.6);
  color: var(--ink);
  font: 400 1rem/1.5 var(--font);
  inline-size: min(28rem, calc(100vw - 2rem));
  max-block-size: calc(100vh - 2rem);
  overflow-y: auto;
  padding: 1.5rem;
}
dialog::backdrop { background: rgb(11 15 14 / 55%); }
h2 { font: 600 1.2rem/1.3 var(--font); margin: 0 0 0.75rem; outline: none; }
p { color: var(--ink-2); margin: 0 0 1rem; overflow-wrap: anywhere; }
p.trouble { color: var(--danger); margin: 0.5rem 0 0; }
ul { display: grid; gap: 0.5rem; list-style: none; margin: 0 0 1rem; padding: 0; }
li > button { inline-size: 100%; justify-content: flex-start; text-align: start; }
li > button[aria-current="true"] { border-color: var(--accent); box-shadow: inset 3px 0 0 var(--accent); }
.account { display: grid; gap: 0.25rem; }
.account .mono { color: var(--ink-2); overflow-wrap: anywhere; }
.row { display: flex; flex-wrap: wrap; gap: 0.75rem; justify-content: flex-end; }
@media (max-width: 30rem) { .row > button { flex: 1 1 auto; } }
.said { block-size: 1px; clip-path: inset(50%); inline-size: 1px; overflow: hidden; position: absolute; white-space: nowrap; }
@media (forced-colors: active) { button.main { border-color: ButtonText; } }
`;
