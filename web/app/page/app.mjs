// The page: its language, the state of the tool, and the screen that is open.

import { html, render } from "htm/preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { CellScreen } from "./cell_screen.mjs";
import { CompareScreen } from "./compare_screen.mjs";
import { FindingsScreen } from "./findings_screen.mjs";
import { Failure } from "./controls.mjs";
import { findingsOf } from "./finding_list.mjs";
import { NaccScreen } from "./nacc_screen.mjs";
import { NewPlanScreen } from "./new_plan_screen.mjs";
import { ReleaseScreen } from "./release_screen.mjs";
import { StartScreen } from "./start_screen.mjs";
import { text } from "./texts.mjs";
import { Tool, keepOffline } from "./tool.mjs";
import { VerifyScreen } from "./verify_screen.mjs";
import { EMPTY, actions, changed } from "./work.mjs";

const SCREENS = {
  start: StartScreen,
  findings: FindingsScreen,
  cell: CellScreen,
  release: ReleaseScreen,
  compare: CompareScreen,
  verify: VerifyScreen,
  nacc: NaccScreen,
  new_plan: NewPlanScreen,
};
const MENU = ["start", "findings", "release", "compare", "verify", "nacc"];
const WITHIN = { cell: "findings", new_plan: "start" }; // screens that the menu reaches by another
const NEEDS_DRAFT = ["findings", "release"];
const MB = 1e6;

function App() {
  const [lang, setLang] = useState(new URLSearchParams(location.search).get("lang") === "en" ? "en" : "th");
  const [starting, setStarting] = useState({ step: "download", done: 0, total: 0 });
  const [state, setState] = useState({ ...EMPTY, about: null });
  const now = useRef(state);
  now.current = state;
  const set = (change) => {
    now.current = changed(now.current, change);
    setState(now.current);
  };
  const [update, setUpdate] = useState(null); // what takes the new version of the page
  const tool = useMemo(() => new Tool({ onStart: setStarting }), []);
  const act = useMemo(() => actions(tool, () => now.current, set), []);

  useEffect(() => {
    tool.ready.then(
      (about) => set({ about }),
      (error) => {
        console.error(error);
        setStarting({ step: "broken" });
      },
    );
    keepOffline({ onUpdate: (take) => setUpdate(() => take) }).catch(console.error);
  }, []);
  useEffect(() => {
    document.documentElement.lang = lang;
    document.title = text(lang, "title");
  }, [lang]);
  useEffect(() => {
    const warn = (event) => {
      if (now.current.corrections.length && !now.current.isKept) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);

  const Screen = SCREENS[state.screen];
  const parts = { state, act, set, lang };
  const isStopped = state.screen === "release" && state.checked && findingsOf(state.checked).some((one) => one.group === "errors");
  const toFindings = isStopped ? () => set({ screen: "findings", failure: null, notice: null }) : null;
  return html`
    <header>
      <div class="wide top">
        <span class="brand">khelang</span>
        <nav aria-label=${text(lang, "menu")}>
          <ul>
            ${MENU.map(
              (name) => html`<li>
                <button
                  type="button"
                  aria-current=${name === (WITHIN[state.screen] ?? state.screen) ? "page" : null}
                  disabled=${NEEDS_DRAFT.includes(name) && !state.checked}
                  onClick=${() => set({ screen: name, failure: null, notice: null })}
                >
                  ${text(lang, name)}
                </button>
              </li>`,
            )}
          </ul>
        </nav>
        <button type="button" id="language" lang=${lang === "th" ? "en" : "th"} onClick=${() => setLang(lang === "th" ? "en" : "th")}>
          ${text(lang, "language")}
        </button>
      </div>
    </header>
    <main class="wide">
      <${Starting} starting=${starting} lang=${lang} />
      ${update &&
      !state.draft &&
      html`<p class="callout">
        ${text(lang, "new_version")} <button type="button" onClick=${update}>${text(lang, "take_new")}</button>
      </p>`}
      <div class="messages">
        <p role="status" aria-live="polite" id="status">
          ${state.busy ? text(lang, `step_${state.busy}`) : state.notice ? text(lang, state.notice.key, state.notice.params) : ""}
        </p>
        ${state.busy && html`<button type="button" id="cancel" onClick=${() => tool.cancel()}>${text(lang, "cancel")}</button>`}
        <${Failure} failure=${state.failure} lang=${lang} onFindings=${toFindings} />
      </div>
      ${state.about && html`<${Screen} ...${parts} />`}
    </main>
    <footer class="wide">
      ${state.about && html`<p>${text(lang, "footer", state.about)}</p>`}
      <p>${text(lang, "private")}</p>
    </footer>
  `;
}

function Starting({ starting: { step, done, total }, lang }) {
  if (step === "ready") return null;
  if (step === "broken") return html`<p class="failure" role="alert">${text(lang, "broken")}</p>`;
  const inMb = (bytes) => (bytes / MB).toFixed(1);
  const label = text(lang, `loading_${step}`, { done: inMb(done ?? 0), total: inMb(total ?? 0) });
  return html`<p class="starting">
    <label for="starting">${label}</label>
    <progress id="starting" max=${total || null} value=${total && step === "download" ? done : null}></progress>
  </p>`;
}

const root = document.getElementById("page");
root.replaceChildren();
render(html`<${App} />`, root);
