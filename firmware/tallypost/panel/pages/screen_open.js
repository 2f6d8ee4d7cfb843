/** Opens the panel by a code: the label's, or the one that another phone shows. */

import { Lost, open } from "./ask.js";
import { button, field, fill, make } from "./dom.js";
import { duration, say } from "./words.js";

const CHARACTERS = 10;
/** Where it does not say for how long: too many requests came from here. */
const PATIENCE_S = 10;

/** Return a code as labels show it. */
function grouped(text) {
  const plain = text.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, CHARACTERS);
  return plain.length > CHARACTERS / 2 ? `${plain.slice(0, 5)}-${plain.slice(5)}` : plain;
}

/** Show the screen; `entered` is called once the panel is open. */
export function show(main, { code = "", reason = null, entered }) {
  let timer = null;
  const input = make("input", {
    class: "code", autocomplete: "one-time-code", autocapitalize: "characters", spellcheck: "false",
    maxlength: 16, required: true, "aria-describedby": "open-told", value: grouped(code),
    on: { input: () => { input.value = grouped(input.value); } },
  });
  const told = make("p", { id: "open-told", class: "verdict", role: "status" }, reason && say(`open.${reason}`));
  const submit = make("button", { type: "submit", class: "main wide" }, say("open.open"));
  const form = make("form", { on: { submit: (event) => { event.preventDefault(); knock(); } } },
    field(say("open.code"), input, say("open.hint")), submit, told);

  function locked(seconds) {
    const until = performance.now() + seconds * 1000;
    submit.disabled = true;
    const tick = () => {
      const left = (until - performance.now()) / 1000;
      if (left > 0) {
        fill(told, say("open.locked", { left: duration(left) }));
        return;
      }
      clearInterval(timer);
      submit.disabled = false;
      fill(told, say("open.unlocked"));
    };
    told.setAttribute("aria-live", "off");
    tick();
    timer = setInterval(tick, 1000);
  }

  async function knock() {
    submit.disabled = true;
    fill(told, say("open.asking"));
    try {
      const { status, told: answer } = await open(input.value);
      submit.disabled = false;
      if (status === 200) entered();
      else if (status === 429) locked(answer.locked_s ?? PATIENCE_S);
      else if (status === 409) fill(told, say("open.elsewhere"));
      else fill(told, typeof answer.left === "number" ? say("open.wrong", { left: answer.left }) : say("open.refused"));
      if (status !== 200) input.select();
    } catch (error) {
      submit.disabled = false;
      if (!(error instanceof Lost)) throw error;
      fill(told, say("lost.short"));
    }
  }

  fill(main, make("h1", { tabindex: -1 }, say("open.title")), make("p", {}, say("open.intro")), form,
    make("details", {}, make("summary", {}, say("open.trust.title")), make("p", {}, say("open.trust"))));
  if (grouped(code).length > CHARACTERS) knock();
  return () => clearInterval(timer);
}

/** Show the code by which another phone joins. */
export function joining(code, done) {
  return make("section", { class: "card", role: "alert" },
    make("h2", {}, say("join.title")), make("p", { class: "giant" }, code), make("p", {}, say("join.hint")),
    button(say("join.done"), done, { class: "wide" }));
}
