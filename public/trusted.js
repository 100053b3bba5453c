// Trusted Types, where the browser has them: no text becomes a script, and none becomes markup that could bring one.
//
// The page's policy names this one `default`: it is asked whenever a text is about to become markup or the address
// of a script, whoever does it. Leptos makes markup of what its `view!` macro knew at compile time, in one strict form:
// lower-case tags, values in double quotes, everything else escaped. What is not of that form is refused.

/** Programs that this page may start beside itself. */
const PROGRAMS = ["worker_loader.js", "offline.js"];

/** Names of elements and attributes that hold words and drawings, and can neither run nor load anything. */
const ELEMENTS = new Set(
  (
    "a abbr article aside b br circle code dd details div dl dt ellipse em figcaption figure footer g h1 h2 h3 h4 header hr i " +
    "kbd legend li line main mark nav ol optgroup option p path polygon polyline rect s samp section small span strong " +
    "sub summary sup svg table tbody td tfoot th thead time tr ul var wbr"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "class colspan cx cy d data-testid datetime dir fill focusable height href id lang open points preserveAspectRatio r rel role " +
    "rowspan rx ry scope stroke tabindex target title transform value viewBox width x x1 x2 y y1 y2"
  ).split(" "),
);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?: [A-Za-z][A-Za-z0-9-]*(?:="[^"<>]*")?)*)>/y;
const ATTRIBUTE = / ([A-Za-z][A-Za-z0-9-]*)(?:="([^"]*)")?/g;

/** Whether a text is markup of words and drawings alone. */
export function isPlain(markup) {
  let at = 0;
  for (;;) {
    const open = markup.indexOf("<", at);
    if (open < 0) {
      return true;
    }
    TAG.lastIndex = open;
    const tag = TAG.exec(markup);
    if (!tag || !ELEMENTS.has(tag[2])) {
      return false;
    }
    for (const [, name, value = ""] of tag[3].matchAll(ATTRIBUTE)) {
      const known = ATTRIBUTES.has(name) || name.startsWith("aria-");
      // A link leads to a page of ours or to one that is named in full; it never runs anything.
      if (!known || (name === "href" && !/^(https:\/\/|[/#?]|$)/.test(value))) {
        return false;
      }
    }
    at = TAG.lastIndex;
  }
}

/** Puts the policy in force. */
export function trust() {
  window.trustedTypes?.createPolicy("default", {
    createHTML: (markup) => (isPlain(markup) ? markup : null),
    createScriptURL: (address) => (PROGRAMS.includes(address) ? address : null),
  });
}
