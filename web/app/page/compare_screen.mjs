// Compare two versions of a plan, row by row.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { download, labelOf, placed } from "./opened_files.mjs";
import { Chooser, DropPlace, Heading } from "./controls.mjs";
import { text } from "./texts.mjs";

export function CompareScreen({ state, act, lang }) {
  const [sides, setSides] = useState({});
  const [found, setFound] = useState(null);
  const choose = (side) => async (chosen) => {
    const files = await act.read(chosen);
    if (files) setSides((now) => ({ ...now, [side]: files })); // two may be read at the same time
  };
  const isOpen = Boolean(state.checked);
  const newer = sides.new ?? (isOpen ? state.draft.files : null);
  const compare = async () => {
    setFound(null);
    const files = { ...placed("old", sides.old), ...(sides.new ? placed("new", sides.new) : act.draftFiles()) };
    const result = await act.ask("diff", { lang, corrections: sides.new ? [] : state.corrections }, files);
    if (result) setFound(result);
  };
  return html`
    <${Heading}>${text(lang, "compare")}<//>
    <p class="lead">${text(lang, "compare_lead")}</p>
    <${DropPlace} onChoose=${choose("old")}>
      <${Chooser}
        id="old"
        lang=${lang}
        label=${text(lang, "older")}
        hint=${text(lang, "older_hint")}
        accept=".zip,.json"
        folders
        many
        onChoose=${choose("old")}
      />
    <//>
    ${sides.old && html`<ul class="chosen"><li>${labelOf(sides.old)}</li></ul>`}
    <${Chooser}
      id="new"
      lang=${lang}
      label=${text(lang, "newer")}
      hint=${isOpen ? text(lang, "draft_is_newer") : null}
      accept=".zip"
      folders
      onChoose=${choose("new")}
    />
    ${newer && html`<ul class="chosen"><li>${labelOf(newer)}</li></ul>`}
    <p class="buttons">
      <button type="button" class="first" id="compare" disabled=${!sides.old || !newer || Boolean(state.busy)} onClick=${compare}>
        ${text(lang, "do_compare")}
      </button>
    </p>
    ${found &&
    html`<section class="outcome">
      <pre id="changes" tabindex="0" role="region" aria-label=${text(lang, "compare")}>${found.answer.text}</pre>
      <p class="buttons">
        <button type="button" onClick=${() => download("changes.md", found.files["changes.md"])}>${text(lang, "get_changes")}</button>
      </p>
    </section>`}
  `;
}
