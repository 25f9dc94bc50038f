// Where a person opens a plan, takes the empty form, or goes on with kept work.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { forget, kept } from "./kept_work.mjs";
import { download } from "./opened_files.mjs";
import { Chooser, DropPlace, Heading } from "./controls.mjs";
import { IntoPackage } from "./into_package.mjs";
import { text } from "./texts.mjs";

export function StartScreen({ state, act, set, lang }) {
  const [work, setWork] = useState(undefined);
  useEffect(() => void kept().then(setWork), []);
  const form = async () => {
    const result = await act.ask("template", { lang });
    if (result) download(result.answer.path, result.files[result.answer.path]);
  };
  const drop = async () => {
    await forget();
    setWork(undefined);
  };
  return html`
    <${Heading}>${text(lang, "title")}<//>
    <p class="lead">${text(lang, "start_lead")}</p>
    <p class="promise">${text(lang, "private")}</p>
    ${work &&
    html`<section class="kept">
      <h2>${text(lang, "kept_title")}</h2>
      <p>
        ${text(lang, "kept_of", {
          label: work.label,
          count: work.corrections.length,
          when: new Date(work.when).toLocaleString(lang === "th" ? "th-TH" : "en-GB"),
        })}
      </p>
      <p class="buttons">
        <button type="button" class="first" onClick=${() => act.openFiles(work.files, work.corrections, true)}>
          ${text(lang, "kept_open")}
        </button>
        <button type="button" onClick=${drop}>${text(lang, "kept_drop")}</button>
      </p>
    </section>`}
    ${state.waiting &&
    html`<section class="waiting">
      <h2>${text(lang, "waiting", { label: state.waiting.label })}</h2>
      <${IntoPackage} ...${{ state, act, lang, files: state.waiting.files, corrections: [] }} />
    </section>`}
    <${DropPlace} onChoose=${act.open}>
      <${Chooser}
        id="open"
        lang=${lang}
        label=${text(lang, "drop")}
        hint=${text(lang, "drop_kinds")}
        accept=".xlsx,.xls,.ods,.zip,.csv,.json"
        folders
        many
        onChoose=${act.open}
      />
    <//>
    <section>
      <h2>${text(lang, "no_form")}</h2>
      <p>${text(lang, "form_hint")}</p>
      <p class="buttons">
        <button type="button" id="form" onClick=${form}>${text(lang, "get_form")}</button>
        <button type="button" id="new-plan" onClick=${() => set({ screen: "new_plan", failure: null, notice: null })}>
          ${text(lang, "new_plan")}
        </button>
      </p>
    </section>
    <p class="soft">${text(lang, "portal_hint")}</p>
  `;
}
