// One finding: what was found, what to do, the rows around the cell, and an editor for it.

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { addressOf, findingsOf } from "./finding_list.mjs";
import { Corrections, placeOf } from "./findings_screen.mjs";
import { Heading, Labelled } from "./controls.mjs";
import { inLanguage, text } from "./texts.mjs";

const ASKED_OF_ERRATUM = ["topic", "weight", "where_printed_th", "adopted_value", "reading_th", "basis_th", "basis_en", "cause"];
const LONG_OF_ERRATUM = ["where_printed_th", "reading_th", "basis_th", "basis_en"];

export function CellScreen({ state, act, set, lang }) {
  const { checked, at, corrections } = state;
  const findings = findingsOf(checked);
  const here = findings.findIndex((one) => one.key === at);
  const [last, setLast] = useState(findings[here]);
  const one = findings[here] ?? last;
  const rows = useRows(act, one.place, corrections);
  useEffect(() => {
    if (findings[here]) setLast(findings[here]);
  }, [at]);
  const go = (step) => {
    const open = findings.filter((f) => f.group === one.group);
    const place = open.findIndex((f) => f.key === one.key);
    const target = place < 0 ? open[0] : open[place + step];
    set(target ? { at: target.key, notice: null, failure: null } : { screen: "findings", at: null });
  };
  const apply = async (correction) => {
    if (!(await act.correct([...corrections, correction]))) return;
    const left = findingsOf(act.state().checked);
    const isThere = left.some((f) => samePlace(f, one) && f.group === one.group);
    set({ notice: { key: isThere ? "still" : "fixed" } });
  };
  const rule = checked.rules[one.code];
  return html`
    <p class="back"><button type="button" onClick=${() => set({ screen: "findings", at: null })}>← ${text(lang, "back")}</button></p>
    <${Heading} key=${one.key}>${text(lang, "cell_title", { place: placeOf(checked, one, lang) })}<//>
    <p class="found ${one.group}">${inLanguage(one.issue, "message", lang)}</p>
    ${inLanguage(one.issue, "fix", lang) &&
    html`<p><strong>${text(lang, "remedy")}:</strong> ${inLanguage(one.issue, "fix", lang)}</p>`}
    ${rule && html`<details><summary>${text(lang, "why")}</summary><p>${inLanguage(rule, "explanation", lang)}</p></details>`}
    ${rows && one.place.column !== null && html`<${Editor} key=${one.key} ...${{ rows, place: one.place, apply, lang, state }} />`}
    <p class="buttons">
      <button type="button" id="previous" onClick=${() => go(-1)}>${text(lang, "previous")}</button>
      <button type="button" id="next" onClick=${() => go(1)}>${text(lang, "next")}</button>
    </p>
    ${rows && html`<${Around} ...${{ rows, place: one.place, checked, lang }} />`}
    ${one.place &&
    html`<p class="buttons danger">
      <button
        type="button"
        id="delete-row"
        disabled=${Boolean(state.busy)}
        onClick=${() => apply({ where: one.place.where, row: one.place.row, delete: true })}
      >
        ${text(lang, "delete_row")}
      </button>
    </p>`}
    ${one.issue.erratum && checked.kind === "package" && html`<${Erratum} key=${one.key} ...${{ one, apply, lang, state }} />`}
    <${Corrections} state=${state} act=${act} lang=${lang} />
  `;
}

const samePlace = (one, other) =>
  one.code === other.code &&
  one.place?.where === other.place?.where &&
  one.place?.row === other.place?.row &&
  one.place?.column === other.place?.column;

/** The rows around a place, asked for when the place or the corrections change. */
function useRows(act, place, corrections) {
  const [rows, setRows] = useState(null);
  useEffect(() => {
    let isWanted = true;
    setRows(null);
    if (place)
      act
        .ask("rows", { where: place.where, row: place.row, count: 9, corrections }, act.draftFiles(), { quiet: true })
        .then((result) => isWanted && result && setRows(result.answer));
    return () => (isWanted = false);
  }, [place?.where, place?.row, corrections]);
  return rows;
}

function Around({ rows, place, checked, lang }) {
  const cell = useRef(null);
  useEffect(() => cell.current?.scrollIntoView({ block: "nearest", inline: "center" }), [rows]);
  const table = checked.tables.find((one) => one.where === place.where);
  return html`<p class="around" id="around">
      ${text(lang, "rows_around", { where: inLanguage(table ?? {}, "title", lang) || place.where })}
    </p>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="around">
    <table class="grid" aria-labelledby="around">
      <thead>
        <tr>
          <th scope="col" class="number">${text(lang, "row")}</th>
          ${rows.columns.map((column) => html`<th scope="col">${inLanguage(column, "title", lang) || column.name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.rows.map((cells, index) => {
          const row = rows.first + index;
          return html`<tr class=${row === place.row ? "here" : row === rows.heading ? "heading" : ""}>
            <th scope="row" class="number">${row}</th>
            ${rows.columns.map((_, column) => {
              const isHere = row === place.row && column === place.column;
              return html`<td class=${isHere ? "here" : ""} ref=${isHere ? cell : null} aria-current=${isHere ? "true" : null}>
                <div>${cells[column] ?? ""}</div>
              </td>`;
            })}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function Editor({ rows, place, apply, lang, state }) {
  const found = rows.rows[place.row - rows.first]?.[place.column] ?? "";
  const column = rows.columns[place.column] ?? {};
  const [value, setValue] = useState(found);
  useEffect(() => setValue(found), [found]);
  const save = (event) => {
    event.preventDefault();
    void apply({ where: place.where, row: place.row, column: place.column, value });
  };
  const common = { id: "value", value, onInput: (event) => setValue(event.currentTarget.value), "aria-describedby": "value-hint" };
  const choices = column.choices ?? [];
  const label = `${inLanguage(column, "title", lang) || column.name || text(lang, "new_value")} (${addressOf(place)})`;
  const described = inLanguage(column, "description", lang);
  const hint = `${text(lang, "found")}: ${found || text(lang, "empty_cell")}${described && ` · ${described}`}`;
  return html`<form class="editor" onSubmit=${save}>
    <${Labelled} id="value" label=${label} hint=${hint}>
      ${choices.length
        ? html`<select ...${common}>
            ${!choices.some((one) => one.code === found) && html`<option value=${found}>${found || text(lang, "choose_value")}</option>`}
            ${choices.map((one) => html`<option value=${one.code}>${inLanguage(one, "title", lang) || one.code}</option>`)}
          </select>`
        : found.length > 60 || found.includes("\n")
          ? html`<textarea rows="4" ...${common}></textarea>`
          : html`<input type="text" autocomplete="off" spellcheck=${false} ...${common} />`}
    <//>
    <p class="buttons">
      <button type="submit" class="first" id="save" disabled=${Boolean(state.busy) || value === found}>${text(lang, "save")}</button>
    </p>
  </form>`;
}

/** The row of errata that the report offers, for the person to complete. */
function Erratum({ one, apply, lang, state }) {
  const [row, setRow] = useState(one.issue.erratum);
  const columns = state.about.errata_columns;
  const asked = columns.filter(({ name }) => ASKED_OF_ERRATUM.includes(name));
  const given = columns.filter(({ name }) => !ASKED_OF_ERRATUM.includes(name) && row[name]);
  const save = (event) => {
    event.preventDefault();
    void apply({ erratum: row });
  };
  return html`<details class="erratum">
    <summary>${text(lang, "as_printed")}</summary>
    <p>${text(lang, "as_printed_hint")}</p>
    <dl>
      ${given.map((column) => html`<div><dt>${inLanguage(column, "title", lang)}</dt><dd>${row[column.name]}</dd></div>`)}
    </dl>
    <form onSubmit=${save}>
      ${asked.map(
        (column) => html`<${Labelled} id=${`erratum-${column.name}`} label=${inLanguage(column, "title", lang)}>
          <${ErratumField} ...${{ column, row, setRow, lang }} />
        <//>`,
      )}
      <p class="buttons">
        <button type="submit" class="first" id="add-erratum" disabled=${Boolean(state.busy)}>${text(lang, "add_erratum")}</button>
      </p>
    </form>
  </details>`;
}

function ErratumField({ column, row, setRow, lang }) {
  const common = {
    id: `erratum-${column.name}`,
    value: row[column.name] ?? "",
    onInput: (event) => setRow({ ...row, [column.name]: event.currentTarget.value }),
  };
  if (column.choices?.length)
    return html`<select ...${common}>
      <option value=""></option>
      ${column.choices.map((one) => html`<option value=${one.code}>${inLanguage(one, "title", lang) || one.code}</option>`)}
    </select>`;
  return LONG_OF_ERRATUM.includes(column.name)
    ? html`<textarea rows="2" ...${common}></textarea>`
    : html`<input type="text" autocomplete="off" ...${common} />`;
}
