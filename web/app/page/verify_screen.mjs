// Verify the ZIP of a release that a person was given.

import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { labelOf, placed } from "./opened_files.mjs";
import { Chooser, DropPlace, Heading } from "./controls.mjs";
import { inLanguage, text } from "./texts.mjs";

export function VerifyScreen({ act, lang }) {
  const [found, setFound] = useState(null);
  const verify = async (chosen) => {
    setFound(null);
    const files = await act.read(chosen);
    const result = files && (await act.ask("verify", {}, placed("release", files)));
    if (result) setFound({ ...result.answer, label: labelOf(files) });
  };
  return html`
    <${Heading}>${text(lang, "verify")}<//>
    <p class="lead">${text(lang, "verify_lead")}</p>
    <${DropPlace} onChoose=${verify}>
      <${Chooser} id="release" lang=${lang} label=${text(lang, "drop")} accept=".zip" folders onChoose=${verify} />
    <//>
    ${found &&
    html`<section class="outcome" role="status">
      <h2>${found.label}</h2>
      <p class="verdict ${found.is_whole ? "ready" : "errors"}">${text(lang, found.is_whole ? "whole" : "damaged")}</p>
      <p>${inLanguage(found, "summary", lang)}</p>
      <p>${inLanguage(found, "signature", lang)}</p>
      <p>${inLanguage(found, "origin", lang)}</p>
      <ul class="problems">
        ${found.problems.map((one) => html`<li><code>${one.path}</code> ${inLanguage(one, "text", lang)}</li>`)}
      </ul>
    </section>`}
  `;
}
