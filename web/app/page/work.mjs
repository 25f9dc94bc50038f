// The state of the page and what changes it: one draft, a list of corrections, and the answer to its last check.

import { Cancelled } from "./tool.mjs";
import { forget, keep } from "./kept_work.mjs";
import { NotOpened, bytesOf, labelOf, placed } from "./opened_files.mjs";
import { pageFailure } from "./controls.mjs";

export const EMPTY = {
  screen: "start",
  draft: null, // {files, label}
  corrections: [],
  checked: null, // the answer of `check`
  at: null, // the finding that is open: its key
  failure: null,
  notice: null, // {key, params}
  busy: null, // the step of a call
  isKept: false,
  released: null, // the ZIP of the release that was made: its files
  waiting: null, // a form whose ids are in its package only: {files, label}
};

/** The next state: `change` has the parts that differ. */
export const changed = (state, change) => ({ ...state, ...change });

/**
 * What the screens do. `set` takes parts of the state; `get` gives the state of now.
 */
export function actions(tool, get, set) {
  /**
   * Ask the tool, show its steps, and give its result; undefined after a failure, which is shown.
   * A quiet call shows neither: it fills in a part of a screen.
   */
  async function ask(call, facts = {}, files = {}, { quiet = false } = {}) {
    const show = quiet ? () => {} : set;
    show({ busy: "read", failure: null, notice: null });
    try {
      const result = await tool.ask(call, facts, files, { onStep: (step) => show({ busy: step }) });
      show({ busy: null, failure: result.failure ?? null });
      return result.failure ? undefined : result;
    } catch (error) {
      const isCancelled = error instanceof Cancelled;
      if (!isCancelled) console.error(error);
      set({ busy: null, ...(isCancelled ? { notice: { key: "cancelled" } } : { failure: pageFailure("crashed") }) });
      return undefined;
    }
  }

  const draftFiles = () => placed("draft", get().draft?.files ?? {});

  async function read(chosen) {
    try {
      return await bytesOf(chosen, get().about.most_bytes);
    } catch (error) {
      if (!(error instanceof NotOpened)) throw error;
      set({ failure: pageFailure(error.reason, error.params) });
      return undefined;
    }
  }

  async function saveKept() {
    const { isKept, draft, corrections } = get();
    if (!isKept || !draft) return;
    try {
      await keep({ ...draft, corrections });
    } catch {
      set({ isKept: false, failure: pageFailure("keep_failed") });
    }
  }

  /** Check the draft with its corrections; whether there is an answer. */
  async function check() {
    const result = await ask("check", { corrections: get().corrections }, draftFiles());
    if (result) set({ checked: result.answer });
    return Boolean(result);
  }

  /** Take other corrections if the tool can apply them, and check the draft again. */
  async function correct(corrections) {
    const before = get().corrections;
    set({ corrections });
    if (await check()) await saveKept();
    else set({ corrections: before });
    return get().corrections === corrections;
  }

  async function openFiles(files, corrections = [], isKept = false) {
    const draft = { files, label: labelOf(files) };
    set({ draft, corrections, checked: null, at: null, isKept, released: null, waiting: null });
    if (await check()) set({ screen: "findings" });
    else {
      const waiting = get().failure?.code === "ids_damaged" ? draft : null;
      set({ screen: "start", draft: null, corrections: [], isKept: false, waiting });
    }
  }

  return {
    state: get,
    ask,
    read,
    draftFiles,
    correct,
    openFiles,
    async open(chosen) {
      const files = await read(chosen);
      if (files) await openFiles(files);
    },
    undo: async () => {
      if (await correct(get().corrections.slice(0, -1))) set({ notice: { key: "undone" } });
    },
    async setKept(isKept) {
      set({ isKept });
      await (isKept ? saveKept() : forget());
    },
    /** Go on with the package that the draft is with its corrections, as a draft of its own. */
    async asPackage() {
      const result = await ask("package", { corrections: get().corrections }, draftFiles());
      if (result) {
        await openFiles(result.files, [], get().isKept);
        await saveKept();
      }
    },
  };
}
