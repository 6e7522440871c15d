// The house without a network: a kept shell, a page that says so, and never anybody's words. What is said comes from the
// server alone; this file keeps code, letters and pictures. The list and the version are written in when the page is
// built.
const VERSION = /*version*/"dev"/*end*/;
const SHELL = /*precache*/[]/*end*/;
const KEPT = `hearth-shell-${VERSION}`;
const LATER = "hearth-assets";
const LATER_LIMIT = 400;
const OFFLINE = "/offline.html";
const LIVE = ["/_event", "/api", "/ws", "/v1", "/ping", "/healthz", "/readyz", "/metrics"];

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOld().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || isLive(url.pathname)) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => offlinePage()));
  } else if (url.pathname.startsWith("/assets/")) {
    event.respondWith(keptFirst(event)); // their names change with their contents
  } else if (SHELL.includes(url.pathname)) {
    event.respondWith(fetch(request).catch(() => kept(request)));
  }
});

function isLive(path) {
  return LIVE.some((start) => path === start || path.startsWith(`${start}/`));
}

async function keepShell() {
  const cache = await caches.open(KEPT);
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload" })));
}

async function dropOld() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("hearth-shell-") && name !== KEPT);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function kept(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? Response.error();
}

async function offlinePage() {
  return (await caches.match(OFFLINE, { ignoreVary: true })) ?? Response.error();
}

async function keptFirst(event) {
  const found = await caches.match(event.request, { ignoreVary: true });
  if (found) {
    return found;
  }
  const response = await fetch(event.request);
  if (response.ok) {
    event.waitUntil(keepLater(event.request, response.clone()));
  }
  return response;
}

async function keepLater(request, response) {
  const cache = await caches.open(LATER);
  await cache.put(request, response);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - LATER_LIMIT)).map((key) => cache.delete(key)));
}
