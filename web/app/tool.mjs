// What the page calls: it starts the worker that Python runs in, and starts another where one broke or was cancelled.

const START_LIMIT = 180_000;  // without the right to WebAssembly the start never ends, and no error comes
const PREVIEW = "khelang-preview";
const policy = globalThis.trustedTypes?.createPolicy("khelang", { createScriptURL: (address) => {
  const url = new URL(address, import.meta.url);
  if (url.origin !== location.origin) throw new TypeError("another origin");
  return url.href;
} });
const script = (address) => (policy ? policy.createScriptURL(address) : new URL(address, import.meta.url).href);
const WORKER = "./worker.mjs";

/** A call that was given up because the person cancelled it. */
export class Cancelled extends Error {}

/** Python with the program, in a worker. */
export class Tool {
  #worker; #waiting = new Map(); #last = 0; #onStart; #timer;

  constructor({ onStart = () => {} } = {}) {
    this.#onStart = onStart;
    this.#start();
  }

  #start() {
    this.#worker = new Worker(script(new URL(WORKER, import.meta.url).href), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#received(data);
    this.#worker.onerror = (event) => this.#broken(new Error(event.message || "the worker cannot start"));
    this.#timer = setTimeout(() => this.#broken(new Error("Python does not start")), START_LIMIT);
    this.ready = this.ask("about").then(({ answer }) => answer);
    this.ready.catch(() => {});
  }

  #received({ id, step, done, total, ...result }) {
    if (step === "ready" || result.error) clearTimeout(this.#timer);
    if (id === 0 && step) this.#onStart({ step, done, total });
    else if (id === 0) this.#broken(new Error(result.error), { again: false });
    else if (step) this.#waiting.get(id)?.onStep(step);
    else if (result.error) this.#broken(new Error(result.error));
    else {
      this.#waiting.get(id)?.resolve(result);
      this.#waiting.delete(id);
    }
  }

  #broken(error, { again = true } = {}) {
    clearTimeout(this.#timer);
    this.#worker.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    if (again && !(error.message === "Python does not start")) this.#start();
    for (const { reject } of waiting) reject(error);
  }

  /** Ask one call of web/app/README.md: `{answer, failure, files}`. */
  ask(call, facts = {}, files = {}, { onStep = () => {} } = {}) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onStep });
      this.#worker.postMessage({ id, call, facts, files });
    });
  }

  /** Give up what is asked, free all memory, and start anew. */
  cancel() {
    this.#broken(new Cancelled("cancelled"));
  }
}

/** Register the service worker, which keeps the page for use without a network; false where the browser has none. */
export async function keepOffline({ onUpdate = () => {} } = {}) {
  if (!("serviceWorker" in navigator)) return false;
  const registration = await navigator.serviceWorker.register(script(new URL("service.js", document.baseURI).href));
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => {
      if (next.state === "installed" && navigator.serviceWorker.controller) onUpdate(() => {
        navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
        next.postMessage("take over");
      });
    });
  });
  await navigator.serviceWorker.ready;
  return true;
}

const TYPES = { html: "text/html; charset=utf-8", css: "text/css", js: "text/javascript", json: "application/json",
  svg: "image/svg+xml", png: "image/png", woff2: "font/woff2", csv: "text/csv; charset=utf-8", md: "text/plain; charset=utf-8" };

/** Show files of a site or a report in a frame: the address for `<iframe sandbox="allow-same-origin" src=…>`, which runs no script; null without a service worker. */
export async function showPreview(files, index = "index.html") {
  if (!globalThis.caches || !navigator.serviceWorker?.controller) return null;
  await caches.delete(PREVIEW);
  const kept = await caches.open(PREVIEW);
  await Promise.all(Object.entries(files).map(([path, data]) => kept.put(
    new URL(`preview/${path}`, document.baseURI).href,
    new Response(data, { headers: { "Content-Type": TYPES[path.split(".").pop()] ?? "application/octet-stream" } }),
  )));
  return new URL(`preview/${index}`, document.baseURI).href;
}

/** Forget the files of the preview. */
export async function clearPreview() {
  await globalThis.caches?.delete(PREVIEW);
}
