// Files that a person chooses or drops, as paths and bytes. The page keeps them; the worker forgets them.

const MIB = 2 ** 20;

/** A file that was not opened; `reason` is the key of a text of the page. */
export class NotOpened extends Error {
  constructor(reason, params) {
    super(reason);
    this.reason = reason;
    this.params = params;
  }
}

/**
 * The files of an input or a drop.
 * @param {Iterable<{path: string, file: File}>} chosen
 * @param {number} mostBytes the most that the tool reads of one file
 * @returns {Promise<Record<string, Uint8Array>>} by path
 */
export async function bytesOf(chosen, mostBytes) {
  const files = {};
  for (const { path, file } of chosen) {
    if (file.size > mostBytes) throw new NotOpened("too_large", { name: file.name, most: Math.floor(mostBytes / MIB) });
    try {
      files[path] = new Uint8Array(await file.arrayBuffer());
    } catch {
      throw new NotOpened("unreadable", { name: file.name });
    }
  }
  return files;
}

/** The files of an `<input type=file>`, with their paths below a chosen folder. */
export const chosenFiles = (input) =>
  Array.from(input.files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));

/**
 * The files of a drop, those of folders included.
 * @param {DataTransfer} transfer read at once, for the browser empties it after the event
 */
export async function droppedFiles(transfer) {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return Array.from(transfer.files, (file) => ({ path: file.name, file }));
  return (await Promise.all(entries.map((entry) => filesBelow(entry, "")))).flat();
}

async function filesBelow(entry, folder) {
  const path = folder + entry.name;
  if (entry.isFile) return [{ path, file: await new Promise((take, fail) => entry.file(take, fail)) }];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((take, fail) => reader.readEntries(take, fail));
    if (!some.length) return found;
    for (const inner of some) found.push(...(await filesBelow(inner, `${path}/`)));
  }
}

/** A name for what was opened: the file's, or its folder's. */
export function labelOf(files) {
  const paths = Object.keys(files);
  const [first = ""] = paths;
  if (paths.length === 1) return first;
  const folder = first.split("/")[0];
  return paths.every((path) => path.startsWith(`${folder}/`)) ? folder : `${first} +${paths.length - 1}`;
}

/** Files with their paths below a place of a call. */
export const placed = (place, files) =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`${place}/${path}`, bytes]));

/** Give the person a file. */
export function download(name, bytes) {
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
