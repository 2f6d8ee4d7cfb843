/** Draws how many passed in each hour. */

import { make, shape as svg } from "./dom.js";
import { count, hour, say } from "./words.js";

const WIDE = 600;
const HIGH = 220;
const LEFT = 44;
const LOW = 28;

/** Return a round number that is not below a value. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= value);
}

/** Return a chart of hours, [{start, count}], gaps where a count is null, and the same as a table for whoever cannot see it. */
export function chart(hours) {
  const most = ceiling(Math.max(1, ...hours.map((each) => each.count ?? 0)));
  const wide = (WIDE - LEFT) / Math.max(1, hours.length);
  const y = (value) => (HIGH - LOW) * (1 - value / most) + 8;
  const bars = hours.map((each, place) => each.count !== null && svg("rect", {
    class: "bar-of-hour", x: LEFT + place * wide + wide * 0.1, width: wide * 0.8, y: y(each.count), height: y(0) - y(each.count) }));
  const scale = [0, most / 2, most].map((value) => [
    svg("path", { class: "scale", d: `M${LEFT} ${y(value)}H${WIDE}` }), svg("text", { x: LEFT - 6, y: y(value), dy: "0.35em", class: "end" }, count(value))]);
  const every = Math.max(1, Math.ceil(hours.length / 4));
  const times = hours.map((each, place) => place % every === 0
    && svg("text", { x: LEFT + place * wide, y: HIGH }, new Date(each.start).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })));
  return make("figure", {},
    svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH + 6}`, class: "chart", role: "img", "aria-label": say("chart.label", { hours: hours.length, most: Math.max(0, ...hours.map((each) => each.count ?? 0)) }) }, scale, bars, times),
    make("details", {}, make("summary", {}, say("chart.table")), make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, say("chart.hour")), make("th", { scope: "col" }, say("chart.count")))),
      make("tbody", {}, hours.map((each) => make("tr", {}, make("th", { scope: "row" }, hour(each.start)), make("td", {}, each.count === null ? "–" : count(each.count))))))));
}
