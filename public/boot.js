// Starts the wallet. A file of its own, because the page's policy allows no inline script.

import { begin } from "./beginning.js";
import { dress } from "./look.js";
import { trust } from "./trusted.js";

dress();

/** What is said before the catalogue of a language can be there. */
const SAID = {
  en: {
    opening: "Opening the wallet…",
    failed: "The wallet could not start. Reload the page; if that does not help, use a current version of Chrome, Edge, Firefox or Safari.",
  },
  de: {
    opening: "Wallet wird geöffnet…",
    failed: "Die Wallet konnte nicht starten. Seite neu laden; hilft das nicht, eine aktuelle Version von Chrome, Edge, Firefox oder Safari verwenden.",
  },
  es: {
    opening: "Abriendo la cartera…",
    failed: "La cartera no pudo arrancar. Recarga la página; si no ayuda, usa una versión actual de Chrome, Edge, Firefox o Safari.",
  },
};

/** As app/src/languages/choice.rs chooses. */
function language() {
  let chosen = null;
  try {
    chosen = localStorage.getItem("language");
  } catch {
    // Storage may be forbidden; then the browser's language is shown.
  }
  const tags = [...(chosen ? [chosen] : []), ...navigator.languages].map((tag) => tag.split("-")[0].toLowerCase());
  return tags.find((tag) => Object.hasOwn(SAID, tag)) ?? "en";
}

const said = SAID[language()];
const notice = document.getElementById("boot");
if (notice) {
  notice.textContent = said.opening;
  document.documentElement.lang = language();
}

try {
  trust();
  begin();
  const { default: start } = await import("../app.js");
  await start();
  notice?.remove();
} catch (error) {
  if (notice) {
    notice.setAttribute("role", "alert");
    notice.textContent = said.failed;
  }
  throw error;
}
