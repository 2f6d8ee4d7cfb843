/** Shows what is counted, as it is counted. */

import { aimingBar, live } from "./aiming.js";
import { fill, make } from "./dom.js";
import { hear, known } from "./house.js";
import { forward } from "./plan.js";
import { pointing } from "./icons.js";
import { Scene } from "./scene.js";
import { className, count, say } from "./words.js";

function sum(counts) {
  return Object.values(counts ?? {}).reduce((all, each) => all + each, 0);
}

/** Return the two ways over a line: {way, arrow}. */
export function ways(line) {
  const [x, y] = line ? forward(line.start, line.end, 9 / 16) : [0, -1];
  return [{ way: "forward", arrow: pointing(x, y) }, { way: "backward", arrow: pointing(-x, -y) }];
}

function figures(look, record, seen) {
  const today = look.today ?? {};
  const minute = record?.lines ?? {};
  return (look.site?.lines ?? []).map((line) => make("section", { class: "card" }, make("h2", {}, line.name),
    ways(line).map(({ way, arrow }) => make("div", { class: "way" }, make("h3", {}, arrow, say(`way.${way}`)), make("dl", {},
      figure("count.now", seen[`${line.name}/${way}`] ?? 0),
      figure("count.minute", minute[line.name] ? sum(minute[line.name][way]) : null),
      figure("count.today", Object.values(today[line.name] ?? {}).reduce((all, each) => all + (each[way] ?? 0), 0))))),
    make("p", { class: "quiet" }, classes(today[line.name]))));
}

function figure(key, number) {
  return make("div", {}, make("dt", {}, say(key)), make("dd", {}, number === null ? "–" : count(number)));
}

function classes(told) {
  const named = Object.entries(told ?? {}).map(([name, each]) => [className(name), (each.forward ?? 0) + (each.backward ?? 0)]);
  return named.length ? named.map(([name, many]) => `${name} ${count(many)}`).join(" · ") : say("count.nobody");
}

/** Return rows for car parks: free of how many. */
export function carParks(look) {
  return Object.entries(look.car_parks ?? {}).map(([name, park]) => make("section", { class: "card" },
    make("h2", {}, name), make("p", { class: "large" }, say("count.free", { free: park.free ?? 0, spaces: park.spaces ?? 0 })),
    park.unknown ? make("p", { class: "quiet" }, say("count.unknown", { count: park.unknown })) : null));
}

/** Return how many are in a zone, whatever the record calls it. */
function zones(look) {
  return Object.entries(look.zones ?? {}).map(([name, told]) => {
    const inside = told.occupancy_mean ?? told;
    const text = Object.entries(inside).filter(([, many]) => typeof many === "number")
      .map(([each, many]) => `${className(each)} ${count(many)}`).join(" · ");
    return make("section", { class: "card" }, make("h2", {}, name), make("p", {}, text || say("count.nobody")));
  });
}

/** Show the screen. */
export function show(main) {
  const scene = new Scene(say("scene.label"));
  const { bar, close } = aimingBar();
  const numbers = make("div", { class: "cards" });
  const last = make("p", { class: "verdict", "aria-live": "off" }, say("count.waiting"));
  const seen = {};
  fill(main, make("h1", { tabindex: -1 }, say("count.title")), make("p", {}, say("count.intro")), bar, scene.frame, last, numbers,
    make("a", { class: "button main wide", href: "#prove" }, say("count.next")));
  const render = () => {
    if (!known.look) return;
    scene.elements(known.look.site ?? {});
    const drawn = [...figures(known.look, known.record, seen), ...zones(known.look), ...carParks(known.look)];
    fill(numbers, drawn.length ? drawn : make("p", {}, say("count.undrawn")));
  };
  render();
  const passed = (told) => {
    const key = `${told.element}/${told.direction}`;
    seen[key] = (seen[key] ?? 0) + 1;
    fill(last, say("count.last", { class: className(told.class), name: told.element, way: say(`way.${told.direction}`) }));
    render();
  };
  const deaf = [hear({ look: render, record: render, event: passed }), live(scene)];
  return () => { close(); scene.close(); deaf.forEach((each) => each()); };
}
