import { Tool } from "./tool.mjs";
import { html, render } from "htm/preact";

const place = document.getElementById("app");
const show = (text) => render(html`<p>${text}</p>`, place);
globalThis.khelang = new Tool({ onStart: ({ step, done, total }) => show(`${step} ${done}/${total}`) });
globalThis.khelang.ready.then((about) => show(about.version), (error) => show(error.message));
