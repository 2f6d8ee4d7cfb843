/** What can be written of a chosen element: its name, its classes, its numbers. */

import { button, field, fill, make } from "./dom.js";
import { at, shapes } from "./plan.js";
import { className, count, say } from "./words.js";

const NAME = "[A-Za-z0-9][A-Za-z0-9_\\-]{0,31}";
/** Numbers of an element: key, least, most, step. */
const NUMBERS = {
  rows: [["count", 1, 200, 1], ["first", 0, 9000, 1]],
  calibration: [["width_m", 1, 500, 0.1], ["length_m", 1, 500, 0.1]],
};
const GROUND_KEYS = ["X", "Y"];

function text(plan, path, key) {
  const input = make("input", {
    value: at(plan.site, path)[key] ?? "", maxlength: 32, pattern: NAME, required: true, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    on: { change: (event) => plan.change((site) => { at(site, path)[key] = event.target.value.trim(); }) },
  });
  return field(say(`draw.${key}`), input, say("draw.name.hint"));
}

function number(plan, path, [key, least, most, step], label = say(`draw.${key}`)) {
  const input = make("input", {
    type: "number", inputmode: step < 1 ? "decimal" : "numeric", min: least, max: most, step, value: at(plan.site, path)[key] ?? "",
    on: {
      change: (event) => plan.change((site) => {
        const value = event.target.valueAsNumber;
        if (Number.isFinite(value)) at(site, path)[key] = value;
        else delete at(site, path)[key];
      }),
    },
  });
  return field(label, input);
}

function classes(plan, path, all) {
  const named = at(plan.site, path).classes;
  const known = [...new Set([...all, ...(named ?? [])])];
  if (!known.length) return null;
  const boxes = known.map((name) => make("label", { class: "tick" },
    make("input", { type: "checkbox", value: name, checked: named === undefined || named.includes(name), on: { change: chosen } }), className(name)));
  const group = make("fieldset", {}, make("legend", {}, say("draw.classes")), boxes, make("p", { class: "hint" }, say("draw.classes.hint")));
  function chosen() {
    const wanted = [...group.querySelectorAll("input:checked")].map((each) => each.value);
    plan.change((site) => {
      const element = at(site, path);
      if (wanted.length === known.length) delete element.classes;
      else element.classes = wanted;
    });
  }
  return group;
}

function ground(plan) {
  return (plan.site.calibration.points ?? []).map((point, place) => make("div", { class: "row" },
    GROUND_KEYS.map((axis, which) => number(plan, ["calibration", "points", place, "ground_m"], [which, -1000, 1000, 0.1],
      say("draw.ground", { number: place + 1, axis })))));
}

/** Show what can be written of what a plan has chosen. */
export function properties(node, plan, look) {
  const path = plan.selected;
  const chosen = shapes(plan.site).filter((each) => String(each.at) === String(path));
  if (!path || !chosen.length) {
    fill(node, make("p", { class: "quiet" }, say("draw.choose")));
    return;
  }
  const { kind, form, name } = chosen[0];
  const element = at(plan.site, path);
  const own = kind !== "calibration";
  const others = Object.keys(element).filter((key) => !SHOWN.includes(key));
  fill(node, make("h2", {}, say(`kind.${kind}`), " ", name),
    own && text(plan, path, "name"),
    (NUMBERS[kind] ?? []).filter(([key]) => kind !== "calibration" || element.corners || key in element).map((each) => number(plan, path, each)),
    form === "points" && ground(plan),
    !["rows", "spaces", "calibration", "conflicts"].includes(kind) && classes(plan, path, look.classes ?? []),
    others.length > 0 && make("p", { class: "quiet" }, say("draw.kept", { keys: others.join(", ") })),
    form === "area" && make("p", { class: "hint" }, say("draw.corners", { count: chosen[0].ends.length })),
    form === "row" && make("p", { class: "hint" }, say(`draw.${kind}.hint`, { count: count(element.count ?? 0) })),
    make("div", { class: "row" },
      form === "arrow" && button(say("draw.flip"), () => plan.flip(chosen[0])),
      button(say("draw.drop"), () => plan.drop(path), { class: "danger" })));
}

const SHOWN = ["name", "start", "end", "polygon", "corners", "count", "first", "classes", "width_m", "length_m", "points", "front", "direction"];
