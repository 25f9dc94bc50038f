// The small parts that several screens are made of.

import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";
import { chosenFiles, droppedFiles } from "./opened_files.mjs";
import { inLanguage, text } from "./texts.mjs";

/** The heading of a screen; it takes the focus when the screen opens, for a screen reader to say where one is. */
export const Heading = ({ children }) => html`<h1 tabindex="-1" ref=${focused}>${children}</h1>`;

function focused(element) {
  if (element && !element.dataset.seen) {
    element.dataset.seen = "yes";
    element.focus({ preventScroll: true });
  }
}

/** What went wrong, and what to do; `onFindings` opens the findings where correcting them is the remedy. */
export function Failure({ failure, lang, onFindings }) {
  if (!failure) return null;
  return html`<div class="failure" role="alert">
    <p><strong>${inLanguage(failure, "message", lang)}</strong></p>
    <p>${inLanguage(failure, "fix", lang)}</p>
    ${onFindings && html`<button type="button" id="to-findings" onClick=${onFindings}>${text(lang, "back")}</button>`}
  </div>`;
}

/** A failure with a text of the page. */
export const pageFailure = (key, params) => ({
  message_th: text("th", key, params),
  message_en: text("en", key, params),
});

/** Buttons that open files, or files and folders. */
export function Chooser({ id, lang, label, hint, accept, folders, many, onChoose }) {
  const input = useRef(null);
  const folder = useRef(null);
  const choose = (event) => {
    const files = chosenFiles(event.currentTarget);
    event.currentTarget.value = "";
    if (files.length) onChoose(files);
  };
  return html`<p class="chooser">
    <span id="${id}-label">${label}</span>
    ${hint && html`<small id="${id}-hint">${hint}</small>`}
    <button type="button" id=${id} aria-describedby="${id}-label" onClick=${() => input.current.click()}>
      ${text(lang, "choose_file")}
    </button>
    <input type="file" hidden ref=${input} data-for=${id} accept=${accept} multiple=${many} onChange=${choose} />
    ${folders &&
    html`<button type="button" aria-describedby="${id}-label" onClick=${() => folder.current.click()}>
        ${text(lang, "choose_folder")}
      </button>
      <input type="file" hidden webkitdirectory ref=${folder} data-for="${id}-folder" onChange=${choose} />`}
  </p>`;
}

/** A place to drop files on, around its children. */
export function DropPlace({ children, onChoose }) {
  const [over, setOver] = useState(false);
  const drop = async (event) => {
    event.preventDefault();
    setOver(false);
    const files = await droppedFiles(event.dataTransfer);
    if (files.length) onChoose(files);
  };
  const allow = (event) => {
    event.preventDefault();
    setOver(true);
  };
  return html`<div
    class=${over ? "drop over" : "drop"}
    onDragOver=${allow}
    onDragLeave=${() => setOver(false)}
    onDrop=${drop}
  >
    ${children}
  </div>`;
}

/** A labelled field of a form; `children` is the control, which has the id. */
export const Labelled = ({ id, label, hint, children }) => html`<p class="labelled">
  <label for=${id}>${label}</label>
  ${hint && html`<small id="${id}-hint">${hint}</small>`} ${children}
</p>`;
