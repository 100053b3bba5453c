// Addresses of pages inside the extension. There is no server that answers `/targets/0x…` with the page, so what stands
// in the address bar is always `index.html?FACE#/targets/0x…`: it can be reloaded, restored and opened in a tab. The
// app's router reads and writes plain paths; for the moment in which it looks, it finds them.

const PAGE = "/index.html";
const FACES = ["popup", "panel", "request"];

const face = FACES.find((face) => location.search === `?${face}`);
const replace = history.replaceState.bind(history);
const push = history.pushState.bind(history);

/** The path that an address of ours stands for. */
function routeOf({ hash }) {
  return hash.startsWith("#/") ? hash.slice(1) : "/";
}

/** The address that stands for a path. */
function addressOf(route) {
  return `${PAGE}${face ? `?${face}` : ""}#${route}`;
}

function isFolded() {
  return location.pathname === PAGE;
}

/** Shows the router what it expects. */
function unfold() {
  if (isFolded()) {
    replace(history.state, "", routeOf(location));
  }
}

/** Makes the address loadable again. */
function fold() {
  if (!isFolded()) {
    const { pathname, search, hash } = location;
    replace(history.state, "", addressOf(`${pathname}${search}${hash}`));
  }
}

/** Once whoever is looking has looked. */
function foldSoon() {
  setTimeout(fold);
}

/** Before the app starts. */
export function begin() {
  document.documentElement.dataset.face = face ?? "tab";
  history.pushState = (...change) => {
    push(...change);
    foldSoon();
  };
  history.replaceState = (...change) => {
    replace(...change);
    foldSoon();
  };
  // Heard before the router hears it, as it comes first.
  window.addEventListener("popstate", () => {
    unfold();
    foldSoon();
  });
  // What a person opens in a tab of its own needs an address that can be loaded.
  window.addEventListener("click", openApart, { capture: true });
  window.addEventListener("auxclick", openApart, { capture: true });
  // The browser's menu of a link takes the address that stands there, and so does whoever drags it to the tabs.
  window.addEventListener("contextmenu", standLoadable, { capture: true });
  window.addEventListener("dragstart", dragLoadable, { capture: true });
  unfold();
}

/** Whether this is the window in which sites ask. */
export function isAsking() {
  return face === "request";
}

/** Once the app's router has looked. */
export function settle() {
  fold();
}

/** The link to a page of ours that an event is about. */
function ownLink({ target }) {
  const link = target instanceof Element ? target.closest("a[href]") : null;
  return link && link.origin === location.origin && !link.hasAttribute("download") && link.pathname !== PAGE ? link : undefined;
}

/** Where a link leads in a page of its own. */
function apartOf({ pathname, search, hash }) {
  return `${PAGE}#${pathname}${search}${hash}`;
}

function openApart(event) {
  const apart = event.button === 1 || (event.button === 0 && (event.ctrlKey || event.metaKey || event.shiftKey));
  const link = apart ? ownLink(event) : undefined;
  if (link) {
    event.preventDefault();
    event.stopPropagation();
    window.open(apartOf(link), "_blank", "noopener");
  }
}

/** Has a link name an address that can be loaded, for the moment in which the browser reads it. */
function standLoadable(event) {
  const link = ownLink(event);
  if (link) {
    const plain = link.getAttribute("href");
    link.setAttribute("href", apartOf(link));
    setTimeout(() => link.setAttribute("href", plain));
  }
}

/** Has whatever a link is dropped on get an address that can be loaded. */
function dragLoadable(event) {
  const link = ownLink(event);
  if (link && event.dataTransfer) {
    const { href } = new URL(apartOf(link), location.origin);
    event.dataTransfer.setData("text/uri-list", href);
    event.dataTransfer.setData("text/plain", href);
  }
}
