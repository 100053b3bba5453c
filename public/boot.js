// Starts the wallet. A file of its own, because the page's policy allows no inline script.
// A theme that was chosen shows from the first moment on.
try {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; then the device's theme is shown.
}

const notice = document.getElementById("boot");

try {
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
