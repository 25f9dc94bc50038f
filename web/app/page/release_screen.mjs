// Release the draft: the version is derived, the ZIP is given to the person.

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { zipSync } from "fflate";
import { findingsOf } from "./finding_list.mjs";
import { download, placed } from "./opened_files.mjs";
import { Chooser, Heading, Labelled } from "./controls.mjs";
import { text } from "./texts.mjs";
import { clearPreview, showPreview } from "./tool.mjs";

/** Today by the clock of this computer, `YYYY-MM-DD`. */
function today() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function ReleaseScreen({ state, act, set, lang }) {
  const [facts, setFacts] = useState({ on: today() });
  const [earlier, setEarlier] = useState({});
  const [outcome, setOutcome] = useState(null);
  if (!state.checked)
    return html`<${Heading}>${text(lang, "release")}<//>
      <p>${text(lang, "no_draft")}</p>
      <p class="buttons">
        <button type="button" class="first" onClick=${() => set({ screen: "start" })}>${text(lang, "start")}</button>
      </p>`;
  const hasWarnings = findingsOf(state.checked).some((one) => one.group === "warnings");
  const field = (name) => ({
    id: name,
    value: facts[name] ?? "",
    "aria-describedby": `${name}-hint`,
    onInput: (event) => setFacts({ ...facts, [name]: event.currentTarget.value }),
  });
  const ask = async (dryRun) => {
    const filled = Object.fromEntries(Object.entries(facts).filter(([, value]) => value.trim()));
    const files = { ...act.draftFiles(), ...placed("releases", earlier) };
    const asked = { ...filled, corrections: state.corrections, dry_run: dryRun };
    setOutcome(null);
    const result = await act.ask("release", asked, files);
    if (!result) return;
    const { archive } = result.answer;
    if (result.files[archive]) set({ released: { [archive]: result.files[archive] } });
    setOutcome({ ...result.answer, files: result.files, isPlanned: dryRun });
  };
  const choose = async (chosen) => {
    const files = await act.read(chosen);
    if (files) setEarlier((now) => ({ ...now, ...files }));
  };
  const submit = (event) => {
    event.preventDefault();
    void ask(false);
  };
  return html`
    <${Heading}>${text(lang, "release")}<//>
    <p class="lead">${text(lang, "release_lead")}</p>
    <form onSubmit=${submit}>
      <${Labelled} id="on" label=${text(lang, "day")}><input type="date" required ...${field("on")} /><//>
      <${Labelled} id="note" label=${text(lang, "note")} hint=${text(lang, "note_hint")}>
        <textarea rows="3" ...${field("note")}></textarea>
      <//>
      <${Chooser}
        id="earlier"
        lang=${lang}
        label=${text(lang, "earlier")}
        hint=${text(lang, "earlier_hint")}
        accept=".zip"
        many
        onChoose=${choose}
      />
      <ul class="chosen">${Object.keys(earlier).map((name) => html`<li>${name}</li>`)}</ul>
      ${hasWarnings &&
      html`<${Labelled} id="allow_warnings" label=${text(lang, "allow")}><input type="text" ...${field("allow_warnings")} /><//>
        <${Labelled} id="approved_by" label=${text(lang, "approved")}><input type="text" ...${field("approved_by")} /><//>`}
      <p class="buttons">
        <button type="button" id="preview" disabled=${Boolean(state.busy)} onClick=${() => ask(true)}>${text(lang, "preview")}</button>
        <button type="submit" class="first" id="make" disabled=${Boolean(state.busy)}>${text(lang, "make_release")}</button>
      </p>
    </form>
    ${outcome && html`<${Outcome} ...${{ outcome, earlier, act, set, lang }} />`}
  `;
}

function Outcome({ outcome, earlier, act, set, lang }) {
  const { version, written, count, isPlanned, archive, files, parquet } = outcome;
  const [frame, setFrame] = useState(undefined); // the address of the preview; null where there is none
  useEffect(() => () => void clearPreview(), []);
  if (isPlanned) return html`<p class="outcome" role="status">${text(lang, "would_be", { version })}</p>`;
  if (!written) return html`<p class="outcome" role="status">${text(lang, "nothing_new", { version })}</p>`;
  const site = async () => {
    const releases = { ...placed("releases", earlier), ...placed("releases", { [archive]: files[archive] }) };
    return (await act.ask("site", { lang }, releases))?.files;
  };
  const give = async () => {
    const pages = await site();
    if (pages) download(`${archive.replace(/\.zip$/, "")}-site.zip`, zipSync(pages));
  };
  const show = async () => {
    const pages = await site();
    if (pages) setFrame(await showPreview(pages, lang === "en" ? "en/index.html" : "index.html"));
  };
  return html`<section class="outcome">
    <p role="status"><strong>${text(lang, "released", { version, count })}</strong></p>
    ${!parquet && html`<p>${text(lang, "no_parquet")}</p>`}
    <p class="buttons">
      <button type="button" class="first" id="get-release" onClick=${() => download(archive, files[archive])}>
        ${text(lang, "get_release")}
      </button>
      <button type="button" id="show-site" onClick=${show}>${text(lang, "show_site")}</button>
      <button type="button" id="get-site" onClick=${give}>${text(lang, "get_site")}</button>
      <button type="button" id="to-nacc" onClick=${() => set({ screen: "nacc" })}>${text(lang, "nacc")}</button>
    </p>
    ${frame === null && html`<p class="soft">${text(lang, "no_preview")}</p>`}
    ${frame && html`<iframe sandbox="allow-same-origin" src=${frame} title=${text(lang, "site_frame")}></iframe>`}
  </section>`;
}
