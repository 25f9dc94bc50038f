// Compare two versions of a plan, row by row.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { download, labelOf, placed } from "./opened_files.mjs";
import { Chooser, Heading } from "./controls.mjs";
import { text } from "./texts.mjs";

export function CompareScreen({ state, act, lang }) {
  const [sides, setSides] = useState({});
  const [found, setFound] = useState(null);
  const choose = (side) => async (chosen) => {
    const files = await act.read(chosen);
    if (files) setSides((now) => ({ ...now, [side]: files })); // two may be read at the same time
  };
  const isOpen = state.checked?.kind === "package";
  const newer = sides.new ?? (isOpen ? state.draft.files : null);
  const compare = async () => {
    setFound(null);
    const result = await act.ask("diff", { lang }, { ...placed("old", sides.old), ...placed("new", newer) });
    if (result) setFound(result);
  };
  return html`
    <${Heading}>${text(lang, "compare")}<//>
    <p class="lead">${text(lang, "compare_lead")}</p>
    <${Chooser} id="old" lang=${lang} label=${text(lang, "older")} accept=".zip" folders onChoose=${choose("old")} />
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
