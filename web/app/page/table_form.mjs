// The form of a package's tables: what would change is shown, and putting them into form is a correction to undo.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { inLanguage, text } from "./texts.mjs";

const SHOWN = 50;

export function TableForm({ state, act, set, lang }) {
  const { corrections } = state;
  const [found, setFound] = useState(null); // {answer, of}: the corrections that it was asked with
  const show = async () => {
    const result = await act.ask("fmt", { corrections }, act.draftFiles());
    setFound(result ? { answer: result.answer, of: corrections } : null);
  };
  const apply = async () => {
    if (await act.correct([...corrections, { fmt: true }])) set({ notice: { key: "form_applied" } });
  };
  const current = found?.of === corrections ? found.answer : null;
  return html`<section class="form-of-tables">
    <h2>${text(lang, "form_of_tables")}</h2>
    <p>${text(lang, "form_of_tables_hint")}</p>
    <p class="buttons">
      <button type="button" id="show-fmt" disabled=${Boolean(state.busy)} onClick=${show}>${text(lang, "show_fmt")}</button>
      ${current?.count > 0 &&
      html`<button type="button" class="first" id="apply-fmt" disabled=${Boolean(state.busy)} onClick=${apply}>
        ${text(lang, "apply_fmt", { count: current.files.length })}
      </button>`}
    </p>
    <div role="status">
      ${current && html`<p>${text(lang, current.count ? "fmt_count" : "fmt_none", { count: current.count })}</p>`}
    </div>
    ${current?.count > 0 &&
    html`<ul class="changes">
      ${current.changes.slice(0, SHOWN).map((one) => html`<li>${inLanguage(one, "text", lang)}</li>`)}
      ${current.count > SHOWN && html`<li>${text(lang, "and_more", { count: current.count - SHOWN })}</li>`}
    </ul>`}
  </section>`;
}
