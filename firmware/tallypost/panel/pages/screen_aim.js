/** Helps to aim: a sketch, boxes, a horizon that can be moved, and what each line will see. */

import { Ended, Lost, Refused } from "./ask.js";
import { aimingBar, live } from "./aiming.js";
import { fill, make, shape as svg } from "./dom.js";
import { hear, known, question } from "./house.js";
import { icon } from "./icons.js";
import { Scene } from "./scene.js";
import { className, count, percent, say, sentence } from "./words.js";

const STEP = 10;

function sharpness(value) {
  return value === null || value === undefined ? "unknown" : value >= 0.7 ? "good" : value >= 0.4 ? "notice" : "bad";
}

/** Return how light it is, by the mean brightness of what is seen, 0..1. */
function brightness(value) {
  if (typeof value !== "number") return "unknown";
  return value >= 0.2 ? "day" : value >= 0.08 ? "dusk" : "night";
}

function sightRows(sight) {
  const sharp = sharpness(sight.sharpness);
  const light = brightness(sight.light);
  return [
    [sight.rate_hz >= 8 ? "good" : sight.rate_hz >= 5 ? "notice" : "bad", say("sight.rate", { rate: count(sight.rate_hz ?? 0) })],
    [sharp, say(`sight.sharp.${sharp}`, { sharpness: sharp === "unknown" ? "" : percent(sight.sharpness) })],
    [light === "day" ? "good" : light === "unknown" ? "unknown" : "notice", say(`sight.light.${light}`)],
  ].map(([state, text]) => make("li", { class: `item is-${state}` }, icon(state), make("p", {}, text)));
}

const FORETOLD = { fast_enough: "good", missed_above: "notice" };

/** Return what each line will see: in one sentence all whom it counts, in one each whom it may miss. */
function predictions(told) {
  const names = [...new Set(told.map((each) => each.name))];
  return names.map((name) => {
    const of = told.filter((each) => each.name === name);
    const good = of.filter((each) => each.sentence_key === "fast_enough");
    const rest = good.length > 1 ? of.filter((each) => !good.includes(each)) : of;
    const classes = good.map((each) => className(each.class)).join(", ");
    return make("section", {}, make("h3", {}, name), make("ul", { class: "items compact" },
      rest !== of && foretold("good", say("predict.good", { classes })),
      rest.map((each) => foretold(FORETOLD[each.sentence_key] ?? "unknown", sentence("predict", each)))));
  });
}

function foretold(state, text) {
  return make("li", { class: `item is-${state}` }, icon(state), make("p", {}, text));
}

/** Return a line across the scene that a finger or a key moves, and thirds. */
function horizon(scene) {
  let y = scene.height / 3;
  const group = svg("g", { class: "horizon", tabindex: 0, role: "slider", "aria-label": say("aim.horizon"), "aria-orientation": "vertical", "aria-valuemin": 0, "aria-valuemax": 100 });
  const thirds = svg("g", { class: "thirds", "aria-hidden": "true" });
  const place = (wish) => {
    y = Math.min(scene.height, Math.max(0, wish));
    group.setAttribute("aria-valuenow", Math.round((y / scene.height) * 100));
    fill(group, svg("path", { class: "touch", d: `M0 ${y}H1000` }), svg("path", { class: "stroke", d: `M0 ${y}H1000` }),
      svg("circle", { class: "knob", cx: 960, cy: y }));
    fill(thirds, [1, 2].flatMap((part) => [
      svg("path", { d: `M${(part * 1000) / 3} 0V${scene.height}` }), svg("path", { d: `M0 ${(part * scene.height) / 3}H1000` })]));
  };
  place(y);
  let held = false;
  group.addEventListener("pointerdown", (event) => { held = true; group.setPointerCapture(event.pointerId); group.focus(); event.preventDefault(); });
  group.addEventListener("pointermove", (event) => held && place(scene.place(event)[1]));
  for (const kind of ["pointerup", "pointercancel"]) group.addEventListener(kind, () => { held = false; });
  group.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
    if (!step) return;
    place(y + step);
    event.preventDefault();
  });
  scene.layers.guides.append(thirds, group);
}

/** Show the screen. */
export function show(main) {
  const scene = new Scene(say("scene.label"));
  const { bar, close } = aimingBar();
  const sight = make("ul", { class: "items compact", "aria-live": "off" });
  const future = make("div", {}, make("p", { class: "quiet" }, say("predict.none")));
  horizon(scene);
  fill(main, make("h1", { tabindex: -1 }, say("aim.title")), make("p", {}, say("aim.intro")), bar, scene.frame,
    make("details", {}, make("summary", {}, say("aim.what.title")), make("p", {}, say("aim.what"))),
    sight, make("h2", {}, say("predict.title")), future,
    make("a", { class: "button main wide", href: "#draw" }, say("aim.next")));
  const seen = (told) => fill(sight, sightRows(told));
  if (known.sight) seen(known.sight);
  const drawn = (look) => look && scene.elements(look.site ?? {});
  drawn(known.look);
  const foretell = async () => {
    try {
      const { lines } = await question("predict");
      if (lines.length) fill(future, predictions(lines));
    } catch (error) {
      if (error instanceof Refused) fill(future, make("p", { class: "quiet" }, error.message));
      else if (!(error instanceof Lost || error instanceof Ended)) throw error;
    }
  };
  foretell();
  const timer = setInterval(foretell, 15_000);
  const deaf = [live(scene, { look: drawn }), hear({ sight: seen })];
  return () => { clearInterval(timer); close(); scene.close(); deaf.forEach((each) => each()); };
}
