// Take a form into the package of its plan: what changes is shown first, and rows go only with consent.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { Chooser } from "./controls.mjs";
import { placed } from "./opened_files.mjs";
import { inLanguage, text } from "./texts.mjs";

const KINDS = ["refused", "deleted", "taken", "changed", "added", "ignored"];
const SHOWN = 50;

export function IntoPackage({ state, act, lang, files, corrections }) {
  const [taken, setTaken] = useState(null); // {target, stopped, remarks, files}
  const take = async (target, allowed) => {
    setTaken(null);
    const asked = { ...placed("draft", files), ...placed("package", target) };
    const result = await act.ask("import", { corrections, allow_deletions: allowed }, asked);
    if (result) setTaken({ target, ...result.answer, files: result.files });
  };
  const choose = async (chosen) => {
    const target = await act.read(chosen);
    if (target) await take(target, false);
  };
  return html`<div class="into">
    <${Chooser} id="into" lang=${lang} label=${text(lang, "into")} hint=${text(lang, "into_hint")} accept=".zip" folders onChoose=${choose} />
    ${taken &&
    html`<section class="outcome">
      <p role="status"><strong>${text(lang, taken.stopped ? `into_${taken.stopped}` : "into_done", { count: taken.changed.length })}</strong></p>
      ${KINDS.map((kind) => html`<${Remarks} key=${kind} ...${{ kind, found: taken.remarks.filter((one) => one.kind === kind), lang }} />`)}
      <p class="buttons">
        ${taken.stopped === "deleted" &&
        html`<button type="button" id="allow-deletions" disabled=${Boolean(state.busy)} onClick=${() => take(taken.target, true)}>
          ${text(lang, "allow_deletions")}
        </button>`}
        ${!taken.stopped &&
        html`<button type="button" class="first" id="open-into" disabled=${Boolean(state.busy)} onClick=${() => act.openFiles(taken.files)}>
          ${text(lang, "open_into")}
        </button>`}
      </p>
    </section>`}
  </div>`;
}

function Remarks({ kind, found, lang }) {
  if (!found.length) return null;
  return html`<details open=${kind === "refused" || kind === "deleted"}>
    <summary>${text(lang, `remarks_${kind}`)} <span class="count">${text(lang, "places", { count: found.length })}</span></summary>
    <ul>
      ${found.slice(0, SHOWN).map((one) => html`<li><span class="place">${one.place}</span> ${inLanguage(one, "text", lang)}</li>`)}
      ${found.length > SHOWN && html`<li>${text(lang, "and_more", { count: found.length - SHOWN })}</li>`}
    </ul>
  </details>`;
}
