// The theme that was chosen, from the first moment on, and the browser's own colours with it.

/** Lets the colour of the browser's own parts follow the page's: the metas say it for the device's theme only. */
function colourAround() {
  const { theme } = document.documentElement.dataset;
  for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
    const own = meta.dataset.theme;
    const chosen = theme === "light" || theme === "dark";
    meta.media = chosen ? (theme === own ? "all" : "not all") : `(prefers-color-scheme: ${own})`;
  }
}

/** Shows the theme that was chosen in an earlier visit, and follows every other choice. */
export function dress() {
  new MutationObserver(colourAround).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  try {
    const theme = localStorage.getItem("theme");
    if (theme) document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; then the device's theme is shown.
  }
}
