/** Says whether the device is well, and what of the half hour is done. */

import { Ended, Lost } from "./ask.js";
import { announce, button, fill, make } from "./dom.js";
import { hear, known, question } from "./house.js";
import { icon } from "./icons.js";
import { say } from "./words.js";
import { steps, wellness } from "./wellness.js";

function item({ name, state, text, advice }) {
  return make("li", { class: `item is-${state}` }, icon(state),
    make("div", {}, make("strong", {}, say(`${name}.title`)), " ", make("span", { class: "visually-hidden" }, say(`state.${state}`)),
      make("p", {}, text), advice && make("p", { class: "advice" }, advice)));
}

function step({ name, done }, number) {
  return make("li", {}, make("a", { class: `step${done ? " is-done" : ""}`, href: `#${name}` },
    make("span", { class: "number" }, done ? icon("done") : number + 1),
    make("span", { class: "label" }, make("strong", {}, say(`${name}.step`)), make("small", {}, say(done ? "step.done" : `${name}.why`))),
    icon("onward")));
}

async function blink() {
  try {
    await question("identify", { on: true });
    announce(say("home.blinking"));
    setTimeout(() => question("identify", { on: false }).catch(() => null), 15_000);
  } catch (error) {
    if (!(error instanceof Ended)) announce(error instanceof Lost ? say("lost.short") : error.message);
  }
}

/** Show the screen. */
export function show(main) {
  const verdict = make("p", { class: "verdict large", role: "status" });
  const items = make("ul", { class: "items" });
  const list = make("ol", { class: "steps" });
  const who = make("p", { class: "quiet" });
  fill(main, make("h1", { tabindex: -1 }, say("home.title")), who, verdict, items,
    make("h2", {}, say("home.steps")), list,
    make("div", { class: "row" }, make("a", { class: "button", href: "#host" }, say("home.host")),
      button(say("home.blink"), blink)));
  let before = "";
  const render = (look) => {
    if (!look) return;
    const told = wellness(look);
    const todo = steps(look, known.aimed);
    const now = JSON.stringify([told, todo]);
    if (now === before) return;
    before = now;
    const ill = told.filter((each) => each.state === "bad" || each.state === "notice").length;
    fill(who, say("home.who", { device: look.device, firmware: look.firmware }));
    fill(verdict, icon(ill ? (told.some((each) => each.state === "bad") ? "bad" : "notice") : "good"), " ",
      ill ? say(ill === 1 ? "home.one" : "home.some", { count: ill }) : say("home.well"));
    fill(items, told.map(item));
    const focus = document.activeElement?.getAttribute?.("href");
    fill(list, todo.map(step));
    if (focus) main.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus();
  };
  render(known.look);
  return hear({ look: render });
}
