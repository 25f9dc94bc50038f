// The work that a person asked to keep: one draft with its corrections, in this browser's IndexedDB and nowhere else.

const STORE = "work";
const KEY = "draft";

function opened() {
  return new Promise((take, fail) => {
    const request = indexedDB.open("khelang", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => take(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function inStore(mode, action) {
  const database = await opened();
  try {
    return await new Promise((take, fail) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = action(transaction.objectStore(STORE));
      transaction.oncomplete = () => take(request.result);
      transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Keep a draft in place of the one that is kept; it is on the disk when the promise resolves. */
export const keep = (draft) => inStore("readwrite", (store) => store.put({ ...draft, when: Date.now() }, KEY));

/** The kept draft; undefined without one, and where the browser keeps nothing. */
export const kept = () => inStore("readonly", (store) => store.get(KEY)).catch(() => undefined);

/** Forget the kept draft. */
export const forget = () => inStore("readwrite", (store) => store.delete(KEY));
