// What the check found, grouped and filtered; each finding opens its cell.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { zipSync } from "fflate";
import { GROUPS, addressOf, byRule, findingsOf } from "./finding_list.mjs";
import { download } from "./opened_files.mjs";
import { Heading } from "./controls.mjs";
import { IntoPackage } from "./into_package.mjs";
import { TableForm } from "./table_form.mjs";
import { inLanguage, text } from "./texts.mjs";

const SHOWN = 20;

export function FindingsScreen({ state, act, set, lang }) {
  const { checked, draft } = state;
  const findings = findingsOf(checked);
  const counts = Object.fromEntries(GROUPS.map((group) => [group, findings.filter((f) => f.group === group).length]));
  const [group, setGroup] = useState(GROUPS.find((one) => counts[one]) ?? "errors");
  const [where, setWhere] = useState("");
  const shown = findings.filter((f) => f.group === group && (!where || f.place?.where === where));
  const sheets = [...new Set(findings.map((f) => f.place?.where).filter(Boolean))];
  const { report } = checked;
  const open = counts.errors ? "errors" : counts.warnings ? "warnings" : "ready";
  return html`
    <${Heading}>${text(lang, "findings")}<//>
    <p class="verdict ${open}">
      ${text(lang, `checked_${open}`, { count: totalOf(report, counts, open) })}
    </p>
    <p class="soft">
      ${inLanguage(checked, "title", lang) || checked.name} · ${text(lang, "of_file", { label: draft.label })}
    </p>
    <${Corrections} state=${state} act=${act} lang=${lang} />
    <div class="groups" role="group" aria-label=${text(lang, "findings")}>
      ${GROUPS.map(
        (one) => html`<button type="button" aria-pressed=${String(one === group)} onClick=${() => setGroup(one)}>
          ${text(lang, `group_${one}`)} <b>${counts[one]}</b>
        </button>`,
      )}
    </div>
    ${sheets.length > 1 &&
    html`<p class="labelled filter">
      <label for="sheet">${text(lang, "sheet_filter")}</label>
      <select id="sheet" value=${where} onChange=${(event) => setWhere(event.currentTarget.value)}>
        <option value="">${text(lang, "all_sheets")}</option>
        ${sheets.map((sheet) => html`<option value=${sheet}>${titleOf(checked, sheet, lang)}</option>`)}
      </select>
    </p>`}
    ${report.truncated &&
    html`<p class="callout">
      ${text(lang, "cut", { listed: report.issues.length, count: sum(report.counts) })}
    </p>`}
    ${shown.length === 0 && html`<p class="soft">${text(lang, "none_here")}</p>`}
    ${byRule(shown).map(
      ([code, found]) => html`<${OfRule} key=${`${group}${where}${code}`} ...${{ code, found, checked, set, lang }} />`,
    )}
    ${checked.kind === "package" && !checked.is_release && html`<${TableForm} ...${{ state, act, set, lang }} />`}
    <${Downloads} ...${{ state, act, lang }} />
    <p class="buttons">
      ${checked.kind === "workbook" &&
      html`<button type="button" id="as-package" aria-describedby="as-package-hint" onClick=${act.asPackage}>
        ${text(lang, "as_package")}
      </button>`}
      <button type="button" class="first" id="to-release" onClick=${() => set({ screen: "release" })}>
        ${text(lang, "to_release")}
      </button>
    </p>
    ${checked.kind === "workbook" &&
    html`<p class="soft" id="as-package-hint">${text(lang, "as_package_hint")}</p>
      <details class="more-ways">
        <summary>${text(lang, "into_title")}</summary>
        <${IntoPackage} ...${{ state, act, lang, files: draft.files, corrections: state.corrections }} />
      </details>`}
  `;
}

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

/** How many findings are open: by the exact counts of the report, which may list fewer. */
function totalOf(report, counts, open) {
  if (open === "ready") return 0;
  const severity = open === "errors" ? "error" : "warning";
  return Math.max(counts[open], report.counts[severity] ?? 0);
}

const titleOf = (checked, where, lang) => {
  const table = checked.tables.find((one) => one.where === where);
  return table ? inLanguage(table, "title", lang) : where;
};

function OfRule({ code, found, checked, set, lang }) {
  const [most, setMost] = useState(SHOWN);
  const title = code === "unread" ? text(lang, "unread_title") : inLanguage(checked.rules[code] ?? {}, "title", lang);
  return html`<section class="rule">
    <h2>${title || code} <span class="count">${text(lang, "places", { count: found.length })}</span></h2>
    <ul>
      ${found.slice(0, most).map(
        (one) => html`<li key=${one.key}>
          <button type="button" class="finding" onClick=${() => set({ screen: "cell", at: one.key, notice: null })}>
            <span class="place">${placeOf(checked, one, lang)}</span>
            <span>${inLanguage(one.issue, "message", lang)}</span>
          </button>
        </li>`,
      )}
    </ul>
    ${found.length > most &&
    html`<button type="button" onClick=${() => setMost(most + 10 * SHOWN)}>${text(lang, "more")}</button>`}
  </section>`;
}

export function placeOf(checked, { place, issue }, lang) {
  if (place) return `${titleOf(checked, place.where, lang)} ${addressOf(place)}`;
  return issue.address ?? issue.resource ?? "datapackage.json";
}

export function Corrections({ state, act, lang }) {
  const { corrections, isKept } = state;
  return html`<div class="corrections">
    <span>${text(lang, "corrections", { count: corrections.length })}</span>
    <button type="button" id="undo" disabled=${!corrections.length || Boolean(state.busy)} onClick=${act.undo}>
      ${text(lang, "undo")}
    </button>
    <label>
      <input
        type="checkbox"
        id="keep"
        checked=${isKept}
        aria-describedby="keep-hint"
        onChange=${(event) => act.setKept(event.currentTarget.checked)}
      />
      ${text(lang, "keep")}
    </label>
    <small id="keep-hint">${text(lang, "keep_hint")}</small>
  </div>`;
}

function Downloads({ state, act, lang }) {
  const { corrections, checked } = state;
  const give = async (call, facts = {}) => {
    const result = await act.ask(call, { corrections, lang, ...facts }, act.draftFiles());
    if (!result) return;
    const { path } = result.answer;
    if (path) download(path, result.files[path]);
    else download(`${checked.name || "package"}.zip`, zipSync(result.files));
  };
  const kinds = [
    ["get_report", () => give("report", { format: "html" })],
    ["get_report_csv", () => give("report", { format: "csv" })],
    ["get_workbook", () => give("template")],
    ["get_package", () => give("package")],
  ];
  return html`<section class="downloads">
    <h2>${text(lang, "downloads")}</h2>
    <p class="buttons">
      ${kinds.map(
        ([key, action]) => html`<button type="button" id=${key.replaceAll("_", "-")} onClick=${action}>
          ${text(lang, key)}
        </button>`,
      )}
    </p>
  </section>`;
}
