// The wallet without a network: a service worker that keeps all files of one build.
//
// It keeps the whole build or nothing, each file checked against the hash that the build gave it, and answers for
// these files only. What nodes, faucets and stores say never passes through its cache. A newer build waits beside
// the one in use until a page that is alone asks for it, or until no page is left: never are files of two builds
// mixed. app/src/versions.rs is the page's side.

/** The build: its name, and the hash of each of its files. Filled in by xtask/src/bundle/seal.rs. */
const BUILD = undefined;

const PAGE = "index.html";
/** The address that other sites open. Isolated, it would lose the site that opened it. */
const FOR_SITES = "connect";
const ISOLATING = ["cross-origin-opener-policy", "cross-origin-embedder-policy"];
const SCOPE = new URL(self.registration.scope);
const OURS = `soma-wallet ${SCOPE.pathname} `;
const KEPT = OURS + BUILD.name;

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const name = fileFor(event.request);
  if (name !== undefined) {
    const answered = answer(name, event.request);
    event.respondWith(isForSites(event.request) ? answered.then(unisolated) : answered);
  }
});
self.addEventListener("message", (event) => {
  if (event.data === "take over") {
    event.waitUntil(takeOver(event));
  }
});

/** Where a file is asked for. The page has the address of its folder: some servers send its name away. */
function addressOf(name) {
  return new URL(name === PAGE ? "./" : name, SCOPE);
}

/** Fetches every file of the build that is not here yet. One that is not of this build fails it all. */
async function keep() {
  const cache = await caches.open(KEPT);
  const take = async ([name, integrity]) => {
    const address = addressOf(name);
    if (await cache.match(address)) {
      return;
    }
    const response = await fetch(address, { cache: "no-cache", credentials: "same-origin", redirect: "error", integrity });
    if (!response.ok) {
      throw new Error(`${name}: status ${response.status}`);
    }
    await cache.put(address, response);
  };
  await Promise.all(Object.entries(BUILD.files).map(take));
}

/** Takes the place of former builds. Where there was none, the page that is open is held to this one, too. */
async function begin() {
  const names = await caches.keys();
  const former = names.filter((name) => name.startsWith(OURS) && name !== KEPT);
  if (former.length === 0) {
    await self.clients.claim();
  }
  await Promise.all(former.map((name) => caches.delete(name)));
}

/** The file of the build that a request is for: itself, or the page for an address of it. */
function fileFor(request) {
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== SCOPE.origin || !pathname.startsWith(SCOPE.pathname)) {
    return undefined;
  }
  const name = pathname.slice(SCOPE.pathname.length);
  if (search === "" && Object.hasOwn(BUILD.files, name)) {
    return name;
  }
  const last = name.split("/").at(-1);
  return request.mode === "navigate" && !last.includes(".") && !name.startsWith("public/") ? PAGE : undefined;
}

function isForSites({ url, mode }) {
  return mode === "navigate" && new URL(url).pathname === SCOPE.pathname + FOR_SITES;
}

/** The page without what would part its window from the site that opened it. */
function unisolated(response) {
  if (!ISOLATING.some((name) => response.headers.has(name))) {
    return response;
  }
  const headers = new Headers(response.headers);
  ISOLATING.forEach((name) => headers.delete(name));
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

async function answer(name, request) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(addressOf(name));
  if (kept) {
    return kept;
  }
  // The browser took something away. What the server has is put in its place, if it is of this build.
  const integrity = BUILD.files[name];
  const again = await fetch(addressOf(name), { cache: "no-cache", redirect: "error", integrity }).catch(() => undefined);
  if (again?.ok) {
    await cache.put(addressOf(name), again.clone());
    return again;
  }
  // Without a network this fails, and nothing is given up.
  const other = await fetch(request);
  // A build with a hole is none: from now on the server is asked for everything.
  await caches.delete(KEPT);
  await self.registration.unregister();
  return other;
}

/** Replaces the build in use, unless that would take it away from a page other than the one that asks. */
async function takeOver(event) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const others = pages.filter(({ id, url }) => id !== event.source.id && url.startsWith(SCOPE.href));
  if (others.length > 0) {
    event.source.postMessage("other pages");
  } else {
    await self.skipWaiting();
  }
}
