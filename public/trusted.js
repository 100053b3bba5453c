// Trusted Types, where the browser has them: no text becomes a script, and none becomes markup that could bring one.
//
// The page's policy names this one `default`: it is asked whenever a text is about to become markup or the address
// of a script, whoever does it. Leptos makes markup of what its `view!` macro knew at compile time, in one strict form:
// known names, values in double quotes, everything else escaped. What is not of that form is refused.

/** Programs that this page may start beside itself. */
const PROGRAMS = [
  "worker_loader.js",
  "scoring_loader.js",
  "copyist_loader.js",
  "scorer_loader.js",
  "scorer-simd_loader.js",
  "scorer-relaxed_loader.js",
  "offline.js",
];

/** Names of elements and attributes that can neither run nor load anything. All that `view!` is given has to be among them. */
const ELEMENTS = words(
  // words
  `a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn dialog div dl dt em
   figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i ins kbd li main mark menu nav ol p pre q s samp search section
   small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr`,
  // what is asked
  "button canvas datalist fieldset form input label legend meter optgroup option output progress select textarea",
  // drawings
  "circle clipPath defs desc ellipse g line linearGradient mask path pattern polygon polyline rect stop svg text title tspan",
);
const ATTRIBUTES = words(
  `abbr accept accesskey autocapitalize autocomplete autofocus checked class cols colspan datetime dir disabled download
   enterkeyhint for headers hidden high href hreflang id inert inputmode label lang list low max maxlength min minlength multiple
   name novalidate open optimum pattern placeholder popover readonly rel required reversed role rows rowspan scope selected size
   span spellcheck start step tabindex target title translate type value wrap`,
  `clip-path clip-rule cx cy d dominant-baseline dx dy fill fill-opacity fill-rule focusable fx fy gradientTransform gradientUnits
   height offset opacity pathLength points preserveAspectRatio r rx ry shape-rendering stop-color stop-opacity stroke
   stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor
   transform vector-effect viewBox width x x1 x2 xmlns y y1 y2`,
);
const TAG = /<(\/?)([a-z][A-Za-z0-9]*)((?: [A-Za-z][A-Za-z0-9-]*(?:="[^"<>]*")?)*)>/y;
const ATTRIBUTE = / ([A-Za-z][A-Za-z0-9-]*)(?:="([^"]*)")?/g;

function words(...texts) {
  return new Set(texts.flatMap((text) => text.split(/\s+/)));
}

/** Whether a text is markup that can neither run nor load anything. */
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
      const known = ATTRIBUTES.has(name) || name.startsWith("aria-") || name.startsWith("data-");
      // A link leads to a page of ours or to one that is named in full; it never runs anything.
      if (!known || (name === "href" && !/^(https:\/\/|\.?\/|[#?]|$)/.test(value))) {
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
