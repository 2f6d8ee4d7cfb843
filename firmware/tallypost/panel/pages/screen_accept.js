/** Accepts the site: what was checked, and a certificate to take along. */

import { Ended, Lost } from "./ask.js";
import { announce, button, field, fill, make } from "./dom.js";
import { known, question, refresh } from "./house.js";
import { icon } from "./icons.js";
import { known as hasWords, moment, say, sentence, spoken } from "./words.js";

function check(told) {
  const { name, passed } = told;
  const text = sentence("said", told);
  const state = passed === true ? "good" : passed === false ? "bad" : "unknown";
  return make("li", { class: `item is-${state}` }, icon(state),
    make("div", {}, make("strong", {}, hasWords(`check.${name}`) ? say(`check.${name}`) : name), " ",
      make("span", { class: "quiet" }, say(`check.is.${state}`)), text && make("p", {}, text)));
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

async function download(name, told) {
  try {
    const { content, media_type: type } = await question("paper", { name, language: spoken() });
    const address = URL.createObjectURL(new Blob([bytes(content)], { type }));
    make("a", { href: address, download: `${known.look?.device ?? "tallypost"}-${name}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    if (!(error instanceof Ended)) fill(told, error instanceof Lost ? say("lost.short") : error.message);
  }
}

function paper(certificate, told) {
  const passed = certificate.passed;
  return [passed !== undefined && make("p", { class: "large" }, icon(passed ? "good" : "bad"), " ", say(passed ? "accept.passed" : "accept.failed")),
    typeof certificate.when_utc_s === "number" && make("p", {}, say("accept.when", { when: moment(certificate.when_utc_s) })),
    certificate.checks && make("ul", { class: "items" }, certificate.checks.map(check)),
    make("div", { class: "row" }, button(say("accept.pdf"), () => download("certificate.pdf", told), { "data-paper": "pdf" }),
      button(say("accept.json"), () => download("certificate.jsonl", told), { "data-paper": "json" }))];
}

/** Show the screen. */
export function show(main) {
  const technician = make("input", { maxlength: 64, autocomplete: "name", required: true });
  const remarks = make("textarea", { maxlength: 500, rows: 3 });
  const told = make("p", { class: "verdict", role: "status" });
  const result = make("div", { class: "result" });
  const submit = make("button", { type: "submit", class: "main wide" }, say("accept.sign"));
  const form = make("form", { on: { submit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    fill(told, say("accept.signing"));
    try {
      const { certificate } = await question("accept", { technician: technician.value.trim(), remarks: remarks.value.trim() });
      fill(told);
      fill(result, paper(certificate, told));
      announce(say(certificate.passed ? "accept.passed" : "accept.failed"));
      refresh();
    } catch (error) {
      if (!(error instanceof Ended)) fill(told, error instanceof Lost ? say("lost.short") : error.message);
    } finally {
      submit.disabled = false;
    }
  } } }, field(say("accept.name"), technician), field(say("accept.remarks"), remarks, say("accept.remarks.hint")), submit);
  fill(main, make("h1", { tabindex: -1 }, say("accept.title")), make("p", {}, say("accept.intro")), form, told, result);
  if (known.look?.certificate) fill(result, make("h2", {}, say("accept.earlier")), paper(known.look.certificate, told));
  return () => null;
}
