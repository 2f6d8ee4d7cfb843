/** What a host wants to know of a day, in very large type; nothing can be changed here. */

import { Ended, Lost, Refused } from "./ask.js";
import { chart } from "./chart.js";
import { fill, make } from "./dom.js";
import { hear, known, question } from "./house.js";
import { icon } from "./icons.js";
import { className, count, moment, say } from "./words.js";

const HOUR_MS = 3_600_000;

/** Return how many passed today by class, over all lines. */
function today(look) {
  const sums = new Map();
  for (const classes of Object.values(look.today ?? {})) {
    for (const [name, each] of Object.entries(classes)) sums.set(name, (sums.get(name) ?? 0) + (each.forward ?? 0) + (each.backward ?? 0));
  }
  return [...sums].sort((one, other) => other[1] - one[1]);
}

function figure(number, text) {
  return make("div", { class: "figure" }, make("span", { class: "giant" }, count(number)), make("span", {}, text));
}

function privacy(told) {
  if (!told) return make("p", {}, icon("unknown"), " ", say("host.privacy.none"));
  return make("p", {}, icon(told.passed ? "good" : "bad"), " ",
    say(told.passed ? "host.privacy.passed" : "host.privacy.failed", { when: typeof told.when_utc_s === "number" ? moment(told.when_utc_s) : "?" }));
}

function passed(lines) {
  return Object.values(lines ?? {}).flatMap((classes) => Object.values(classes)).reduce((all, each) =>
    all + (typeof each === "number" ? each : (each.forward ?? 0) + (each.backward ?? 0)), 0);
}

/** Return the last 24 hours, each with how many passed; null where nobody watched, which is not 0. */
function lastDay(told) {
  const known = new Map(told.filter((each) => each.observed_s > 0).map((each) => [Date.parse(each.start), passed(each.lines)]));
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  return Array.from({ length: 24 }, (_, place) => now - (23 - place) * HOUR_MS)
    .map((start) => ({ start, count: known.get(start) ?? null }));
}

/** Show the screen. */
export function show(main) {
  const numbers = make("div", { class: "figures" });
  const private_ = make("div", { class: "large" });
  const history = make("div");
  fill(main, make("h1", { tabindex: -1 }, say("host.title")), numbers, make("h2", {}, say("host.history")), history,
    make("h2", {}, say("host.privacy")), private_, make("p", { class: "quiet" }, say("host.promise")));
  let before = "";
  const render = (look) => {
    const now = JSON.stringify([look?.today, look?.car_parks, look?.privacy_test]);
    if (!look || now === before) return;
    before = now;
    const parks = Object.entries(look.car_parks ?? {}).map(([name, park]) => figure(park.free ?? 0, say("host.free", { name, spaces: park.spaces ?? 0 })));
    const passers = today(look).map(([name, many]) => figure(many, className(name)));
    fill(numbers, parks, passers, !parks.length && !passers.length && make("p", { class: "large" }, say("host.nobody")));
    fill(private_, privacy(look.privacy_test));
  };
  const past = async () => {
    try {
      const { hours } = await question("history", { days: 1 });
      fill(history, hours.length ? chart(lastDay(hours)) : make("p", {}, say("host.nohistory")));
    } catch (error) {
      if (error instanceof Refused) fill(history, make("p", {}, error.message));
      else if (!(error instanceof Lost || error instanceof Ended)) throw error;
    }
  };
  render(known.look);
  past();
  return hear({ look: render });
}
