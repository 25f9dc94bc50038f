// What a release gives for the NACC: the report to E-PlanNACC, and the pages for the ITA's OIT items.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { zipSync } from "fflate";
import { Chooser, Heading, Labelled } from "./controls.mjs";
import { download, labelOf, placed } from "./opened_files.mjs";
import { inLanguage, text } from "./texts.mjs";
import { clearPreview, showPreview } from "./tool.mjs";

export function NaccScreen({ state, act, lang }) {
  const [chosen, setChosen] = useState(null);
  const isOpen = state.checked?.is_release && !state.corrections.length;
  const release = chosen ?? state.released ?? (isOpen ? state.draft.files : null);
  const choose = async (given) => {
    const files = await act.read(given);
    if (files) setChosen(files);
  };
  const parts = { release, state, act, lang };
  return html`
    <${Heading}>${text(lang, "nacc")}<//>
    <p class="lead">${text(lang, "nacc_lead")}</p>
    <${Chooser} id="of-release" lang=${lang} label=${text(lang, "of_release")} accept=".zip" folders onChoose=${choose} />
    <ul class="chosen"><li>${release ? labelOf(release) : text(lang, "no_release_yet")}</li></ul>
    <${EplanPart} key=${`eplan ${release && labelOf(release)}`} ...${parts} />
    <${EvidencePart} key=${`evidence ${release && labelOf(release)}`} ...${parts} />
  `;
}

function EplanPart({ release, state, act, lang }) {
  const [facts, setFacts] = useState({ year: "", months: "12", format: "xlsx" });
  const [made, setMade] = useState(null);
  const change = (name) => (event) => setFacts({ ...facts, [name]: event.currentTarget.value });
  const submit = async (event) => {
    event.preventDefault();
    setMade(null);
    const result = await act.ask("export", facts, placed("release", release));
    if (!result) return;
    setMade(result.answer);
    download(result.answer.path, result.files[result.answer.path]);
  };
  return html`<section>
    <h2>${text(lang, "eplan")}</h2>
    <p>${text(lang, "eplan_lead")}</p>
    <form onSubmit=${submit}>
      <${Labelled} id="eplan-year" label=${text(lang, "fiscal_year")} hint=${text(lang, "eplan_year_hint")}>
        <input type="text" id="eplan-year" inputmode="numeric" autocomplete="off" aria-describedby="eplan-year-hint" value=${facts.year} onInput=${change("year")} />
      <//>
      <${Labelled} id="months" label=${text(lang, "round")}>
        <select id="months" value=${facts.months} onChange=${change("months")}>
          <option value="6">${text(lang, "round_6")}</option>
          <option value="12">${text(lang, "round_12")}</option>
        </select>
      <//>
      <${Labelled} id="format" label=${text(lang, "file_kind")}>
        <select id="format" value=${facts.format} onChange=${change("format")}>
          <option value="xlsx">Excel (.xlsx)</option>
          <option value="csv">CSV</option>
        </select>
      <//>
      <p class="buttons">
        <button type="submit" class="first" id="get-eplan" disabled=${!release || Boolean(state.busy)}>${text(lang, "get_eplan")}</button>
      </p>
    </form>
    ${made &&
    html`<div class="outcome" role="status">
      <p><strong>${text(lang, "eplan_made", { path: made.path, year: made.year, rows: made.rows })}</strong></p>
      ${made[`score_${lang}`].map((line) => html`<p>${line}</p>`)}
    </div>`}
  </section>`;
}

function EvidencePart({ release, state, act, lang }) {
  const [known, setKnown] = useState({ items: [], years: [] });
  const [year, setYear] = useState("");
  const [codes, setCodes] = useState({});
  const [made, setMade] = useState(null);
  const [frame, setFrame] = useState(undefined); // the address of the preview; null where there is none
  useEffect(() => {
    void act.ask("items", {}, {}, { quiet: true }).then((result) => {
      if (!result) return;
      setKnown(result.answer);
      setYear(String(result.answer.years.at(-1)));
    });
    return () => void clearPreview();
  }, []);
  const submit = async (event) => {
    event.preventDefault();
    setMade(null);
    setFrame(undefined);
    const items = Object.fromEntries(Object.entries(codes).filter(([, code]) => code.trim()));
    const result = await act.ask("evidence", { year, items }, placed("release", release));
    if (result) setMade(result);
  };
  return html`<section>
    <h2>${text(lang, "evidence")}</h2>
    <p>${text(lang, "evidence_lead")}</p>
    <form onSubmit=${submit}>
      <${Labelled} id="ita-year" label=${text(lang, "ita_year")} hint=${text(lang, "ita_year_hint", { years: known.years.join(", ") })}>
        <input
          type="text"
          id="ita-year"
          inputmode="numeric"
          autocomplete="off"
          required
          aria-describedby="ita-year-hint"
          value=${year}
          onInput=${(event) => setYear(event.currentTarget.value)}
        />
      <//>
      <details>
        <summary>${text(lang, "oit_codes")}</summary>
        <p class="soft">${text(lang, "oit_codes_hint")}</p>
        ${known.items.map(
          ({ key, ...one }) => html`<${Labelled} id="item-${key}" label=${inLanguage(one, "title", lang)}>
            <input
              type="text"
              id="item-${key}"
              autocomplete="off"
              maxlength="4"
              placeholder=${one.code}
              value=${codes[key] ?? ""}
              onInput=${(event) => setCodes({ ...codes, [key]: event.currentTarget.value })}
            />
          <//>`,
        )}
      </details>
      <p class="buttons">
        <button type="submit" class="first" id="make-evidence" disabled=${!release || Boolean(state.busy)}>${text(lang, "make_evidence")}</button>
      </p>
    </form>
    ${made &&
    html`<section class="outcome">
      <p role="status"><strong>${text(lang, "evidence_made", { year: made.answer.year })}</strong></p>
      <ul>
        ${made.answer.items.map(
          (one) => html`<li>
            ${one.code} ${inLanguage(one, "title", lang)} (${text(lang, "places_in", { count: one.rows })})
            ${one.todo.length > 0 &&
            html`<ul class="todo">
              ${one.todo.map((todo) => html`<li>${text(lang, "todo")}: ${inLanguage(todo, "text", lang)}</li>`)}
            </ul>`}
          </li>`,
        )}
      </ul>
      <p class="buttons">
        <button type="button" class="first" id="get-evidence" onClick=${() => download(`evidence-${made.answer.year}.zip`, zipSync(made.files))}>
          ${text(lang, "get_evidence")}
        </button>
        <button type="button" id="show-evidence" onClick=${async () => setFrame(await showPreview(made.files, made.answer.index))}>
          ${text(lang, "show_evidence")}
        </button>
      </p>
      ${frame === null && html`<p class="soft">${text(lang, "no_preview")}</p>`}
      ${frame && html`<iframe sandbox="allow-same-origin" src=${frame} title=${text(lang, "evidence_frame")}></iframe>`}
    </section>`}
  </section>`;
}
