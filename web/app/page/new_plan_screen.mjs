// Begin a plan: who it is of and its years; the person gets the form with them, and the package.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { zipSync } from "fflate";
import { Heading, Labelled } from "./controls.mjs";
import { download, placed } from "./opened_files.mjs";
import { inLanguage, text } from "./texts.mjs";

const NEEDED = ["name-th", "name-en", "type", "province", "district", "first", "last"];
const OPTIONAL = ["dla-code", "title", "plan-id"];
const YEARS = ["first", "last"];

export function NewPlanScreen({ state, act, set, lang }) {
  const [questions, setQuestions] = useState(null);
  const [facts, setFacts] = useState({});
  const [made, setMade] = useState(null);
  useEffect(() => void act.ask("questions", {}, {}, { quiet: true }).then((result) => result && setQuestions(result.answer)), []);
  if (!questions) return html`<${Heading}>${text(lang, "new_plan")}<//>`;
  const submit = async (event) => {
    event.preventDefault();
    setMade(null);
    const { first, last, ...named } = facts;
    const result = await act.ask("init", { ...named, years: `${first}-${last}` });
    if (result) setMade(result);
  };
  const field = (name) => {
    const common = {
      id: name,
      name,
      required: NEEDED.includes(name),
      value: facts[name] ?? "",
      "aria-describedby": HINTED.includes(name) ? `${name}-hint` : null,
      onInput: (event) => {
        setMade(null);
        setFacts({ ...facts, [name]: event.currentTarget.value });
      },
    };
    const choices = { type: questions.types, province: questions.provinces }[name];
    const label = text(lang, `fact_${name}`) + (NEEDED.includes(name) ? " *" : "");
    return html`<${Labelled} key=${name} id=${name} label=${label} hint=${HINTED.includes(name) && text(lang, `fact_${name}_hint`)}>
      ${choices
        ? html`<select ...${common}>
            <option value="">${text(lang, "choose_value")}</option>
            ${[...choices]
              .sort((a, b) => (name === "province" ? titleOf(a, lang).localeCompare(titleOf(b, lang), lang) : 0))
              .map((one) => html`<option value=${one.code}>${titleOf(one, lang)}</option>`)}
          </select>`
        : html`<input
            type="text"
            autocomplete="off"
            inputmode=${YEARS.includes(name) || name === "dla-code" ? "numeric" : null}
            ...${common}
          />`}
    <//>`;
  };
  return html`
    <p class="back"><button type="button" onClick=${() => set({ screen: "start", failure: null })}>← ${text(lang, "back_to_start")}</button></p>
    <${Heading}>${text(lang, "new_plan")}<//>
    <p class="lead">${text(lang, "new_plan_lead")}</p>
    <form onSubmit=${submit}>
      ${NEEDED.map(field)}
      <details>
        <summary>${text(lang, "more_facts")}</summary>
        ${OPTIONAL.map(field)}
      </details>
      <p class="buttons">
        <button type="submit" class="first" id="make-plan" disabled=${Boolean(state.busy)}>${text(lang, "make_plan")}</button>
      </p>
    </form>
    ${made && html`<${Made} ...${{ made, state, act, lang }} />`}
  `;
}

const HINTED = ["name-th", "name-en", "first", "dla-code", "title", "plan-id"];
const titleOf = (one, lang) => inLanguage(one, "title", lang) || one.code;

function Made({ made: { answer, files }, state, act, lang }) {
  const form = async () => {
    const result = await act.ask("template", { lang }, placed("draft", files));
    if (result) download(result.answer.path, result.files[result.answer.path]);
  };
  return html`<section class="outcome">
    <p role="status"><strong>${text(lang, "plan_made", { plan: answer.plan_id })}</strong></p>
    ${answer.type_differs && html`<p class="callout">${text(lang, "type_differs")}</p>`}
    <p>${text(lang, "plan_next")}</p>
    <p class="buttons">
      <button type="button" class="first" id="plan-form" disabled=${Boolean(state.busy)} onClick=${form}>${text(lang, "get_plan_form")}</button>
      <button type="button" id="plan-package" onClick=${() => download(`${answer.plan_id}.zip`, zipSync(files))}>
        ${text(lang, "get_plan_package")}
      </button>
      <button type="button" id="plan-open" disabled=${Boolean(state.busy)} onClick=${() => act.openFiles(files)}>${text(lang, "open_plan")}</button>
    </p>
  </section>`;
}
