// Keeps the page for use without a network, by the hashes in the names of its files, and adds the headers of its policy.

const KNOWN = /* KNOWN */ {};
const KEPT = "khelang-files";
const PREVIEW = "khelang-preview";
const PREVIEW_POLICY = "sandbox allow-same-origin allow-popups; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:";
const address = (path) => new URL(path, self.registration.scope).href;
const INDEX = address("./");

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", ({ data }) => { if (data === "take over") self.skipWaiting(); });
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.href.startsWith(self.registration.scope)) event.respondWith(answered(url));
});

async function install() {
  const kept = await caches.open(KEPT);
  const missing = [];
  for (const path of KNOWN.files) if (!await kept.match(address(path))) missing.push(address(path));
  await kept.addAll(missing);
  await kept.put(`${INDEX}?${KNOWN.build}`, await fetch(INDEX, { cache: "no-cache" }));
  if (!self.registration.active) await self.skipWaiting();
}

async function activate() {
  const kept = await caches.open(KEPT);
  const wanted = new Set([...KNOWN.files.map(address), `${INDEX}?${KNOWN.build}`]);
  for (const request of await kept.keys()) if (!wanted.has(request.url)) await kept.delete(request);
  await self.clients.claim();
}

async function answered(url) {
  if (url.href.startsWith(address("preview/"))) {
    const found = await (await caches.open(PREVIEW)).match(url.href.split("#")[0].split("?")[0]);
    return found ? withHeaders(found, { ...KNOWN.other, "Content-Security-Policy": PREVIEW_POLICY })
      : new Response("", { status: 404 });
  }
  const kept = await caches.open(KEPT);
  const plain = url.href.split("#")[0].split("?")[0];
  const isIndex = plain === INDEX || plain === `${INDEX}index.html`;
  const found = await kept.match(isIndex ? `${INDEX}?${KNOWN.build}` : plain);
  const response = found ?? await fetch(plain);
  const path = isIndex ? "index.html" : plain.slice(self.registration.scope.length);
  const headers = KNOWN.headers[path] ?? KNOWN.other;
  return response.ok ? withHeaders(response, headers) : response;
}

function withHeaders(response, added) {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response(response.body, { status: response.status, headers });
}
