// Starts the wallet. A file of its own, because the page's policy allows no inline script.

import { dress } from "./look.js";
import { trust } from "./trusted.js";

dress();

const notice = document.getElementById("boot");

try {
  trust();
  const { default: start } = await import("../app.js");
  await start();
  notice?.remove();
} catch (error) {
  if (notice) {
    notice.setAttribute("role", "alert");
    notice.textContent =
      "The wallet could not start. Reload the page; if that does not help, use a current version of Chrome, Edge, Firefox or Safari.";
  }
  throw error;
}
