/** Proves how well a line counts: somebody taps each who passes, and the device's counts stay hidden till the end. */

import { aim } from "./aiming.js";
import { Ended, Lost, Refused } from "./ask.js";
import { announce, button, choice, field, fill, make } from "./dom.js";
import { aimingLeftS, hear, known, question } from "./house.js";
import { icon } from "./icons.js";
import { ways } from "./screen_count.js";
import { className, count, percent, say, sentence } from "./words.js";

const AGAIN_MS = 2000;
/** A test that goes on loses its crossings when the sketch ends: it begins with plenty of time. */
const ENOUGH_S = 1200;
const FOR_S = 1800;
const READY_WITHIN_MS = 30_000;

/** A test that goes on; it outlives the screen, not the page. */
let test = null;

/** Forget a test: the session is over. */
export function forget() {
  test = null;
}

/** Taps that the device has not got yet wait here, each with its own time. */
function hand() {
  const mine = test;
  mine.handing ??= deliver(mine).finally(() => { mine.handing = null; });
  return mine.handing;
}

async function deliver(mine) {
  try {
    while (mine.waiting.length) {
      const { word, direction, when } = mine.waiting[0];
      const told = await question(word, word === "test_tap" ? { direction, ago_s: (performance.now() - when) / 1000 } : {});
      mine.waiting.shift();
      if (told.test?.void && !mine.void) announce(sentence("said", told.test.void));
      mine.void ||= told.test?.void;
    }
  } catch (error) {
    if (error instanceof Refused) {
      mine.waiting.shift();
      announce(error.message);
    } else if (error instanceof Lost) setTimeout(() => test === mine && hand(), AGAIN_MS);
    else if (!(error instanceof Ended)) throw error;
  }
}

function tap(direction) {
  test.taps.push(direction);
  test.waiting.push({ word: "test_tap", direction, when: performance.now() });
  navigator.vibrate?.(30);
  hand();
}

function undo() {
  const direction = test.taps.pop();
  if (direction === undefined) return;
  // What the device has not got yet, it need not forget either.
  const last = test.waiting.at(-1);
  if (last?.word === "test_tap" && !(test.handing && test.waiting.length === 1)) test.waiting.pop();
  else test.waiting.push({ word: "test_undo" });
  hand();
}

/** Return a result in words. */
export function verdict(result) {
  const { error, error_low: low, error_high: high } = result;
  if (typeof error !== "number") return [make("p", {}, say("prove.unknown", { taps: result.taps ?? 0 }))];
  const key = Math.abs(error) < 0.0005 ? "exact" : error < 0 ? "few" : "many";
  const between = typeof low === "number" && typeof high === "number"
    ? say("prove.between", { low: percent(low, true), high: percent(high, true) }) : say("prove.unbounded");
  const more = result.taps_more ?? 0;
  const end = result.equivalent ? say("prove.equivalent", { margin: percent(result.margin) })
    : more > 0 ? say("prove.more", { more }) : say("prove.not_yet", { margin: percent(result.margin) });
  return [make("p", { class: "large" }, icon(result.equivalent ? "good" : "notice"), " ",
    say(`prove.${key}`, { name: result.line, class: className(result.class), error: percent(Math.abs(error)) }), " ", between),
  make("p", {}, end), make("p", { class: "quiet" }, say("prove.counts", { taps: result.taps ?? 0, device: result.device ?? 0 }))];
}

/** Wait until the device tells what it sees, which it does some seconds after it was asked to; not for ever. */
function watching() {
  return new Promise((done) => {
    const enough = () => { clearTimeout(timer); deaf(); done(); };
    const timer = setTimeout(enough, READY_WITHIN_MS);
    const deaf = hear({ sight: enough, sketch: enough, boxes: enough });
  });
}

function beginning(main, begun) {
  const lines = known.look?.site?.lines ?? [];
  if (!lines.length) {
    fill(main, make("h1", { tabindex: -1 }, say("prove.title")), make("p", {}, say("prove.no_lines")), make("a", { class: "button main wide", href: "#draw" }, say("draw.step")));
    return;
  }
  let line = lines[0].name;
  let kind = null;
  const pick = make("div");
  const told = make("p", { class: "verdict", role: "status" });
  const classesOf = () => lines.find((each) => each.name === line).classes ?? known.look.classes ?? [];
  const kinds = () => {
    const all = classesOf();
    kind = all.includes(kind) ? kind : all[0];
    fill(pick, field(say("prove.class"), choice(all.map((name) => [name, className(name)]), kind, (value) => { kind = value; })));
  };
  kinds();
  const start = button(say("prove.begin"), async () => {
    start.disabled = true;
    fill(told, say("prove.beginning"));
    try {
      if (aimingLeftS() < ENOUGH_S) {
        await aim(true, FOR_S);
        await watching();
      }
      await question("test_begin", { line, class: kind });
      test = { line, class: kind, taps: [], waiting: [], handing: null };
      begun();
    } catch (error) {
      start.disabled = false;
      if (error instanceof Ended) return;
      fill(told, error instanceof Lost ? say("lost.short") : error.message);
    }
  }, { class: "main wide" });
  const earlier = known.look?.accuracy ?? [];
  fill(main, make("h1", { tabindex: -1 }, say("prove.title")), make("p", {}, say("prove.intro")),
    field(say("prove.line"), choice(lines.map((each) => [each.name, each.name]), line, (value) => { line = value; kinds(); })),
    pick, start, told,
    earlier.length > 0 && make("section", { class: "card" }, make("h2", {}, say("prove.earlier")),
      earlier.map((each) => make("div", {}, make("strong", {}, each.line ?? ""), verdict({ ...each, class: each.class ?? each.class_name })))));
}

function tapping(main, ended, failed) {
  const line = (known.look?.site?.lines ?? []).find((each) => each.name === test.line);
  const total = make("p", { class: "large", role: "status" });
  const big = ways(line).map(({ way, arrow }) => {
    const number = make("span", { class: "many" }, "0");
    const node = make("button", { type: "button", class: "tap", "data-way": way, on: { click: () => { tap(way); render(); } } },
      arrow, make("span", {}, say(`way.${way}`)), number);
    return { way, node, number };
  });
  const back = button([icon("undo"), " ", say("prove.undo")], () => { undo(); render(); }, { class: "undo" });
  const render = () => {
    for (const { way, number } of big) fill(number, count(test.taps.filter((each) => each === way).length));
    fill(total, say("prove.tapped", { taps: test.taps.length }));
    back.disabled = test.taps.length === 0;
  };
  const told = make("p", { class: "verdict", role: "status" });
  const finish = button(say("prove.end"), async () => {
    finish.disabled = true;
    if (test.waiting.length) await hand();
    if (test?.waiting.length) {
      fill(told, say("lost.taps", { taps: test.waiting.length }));
      finish.disabled = false;
      return;
    }
    try {
      const { result, void: why } = await question("test_end");
      if (why) {
        test = null;
        failed(sentence("said", why));
        return;
      }
      const left = test.taps.length - (result.taps ?? 0);
      test = null;
      ended(result, left);
    } catch (error) {
      if (error instanceof Ended) return;
      if (error instanceof Lost) {
        finish.disabled = false;
        fill(told, say("lost.short"));
        return;
      }
      // The device has no such test any more: it was started afresh, or the sketch has ended.
      test = null;
      failed(error.message);
    }
  }, { class: "wide" });
  render();
  fill(main, make("h1", { tabindex: -1 }, say("prove.tap", { class: className(test.class), name: test.line })),
    make("div", { class: "taps" }, big.map((each) => each.node)), total, make("div", { class: "row" }, back, finish), told,
    make("p", { class: "quiet" }, say("prove.hidden")));
}

function resulting(main, result, left, again) {
  fill(main, make("h1", { tabindex: -1 }, say("prove.result")), make("div", { role: "status" }, verdict(result),
    left > 0 && make("p", { class: "quiet" }, say("prove.edges", { left }))),
    make("div", { class: "row" }, button(say("prove.again"), again), make("a", { class: "button main", href: "#accept" }, say("prove.next"))));
}

function failing(main, message, again) {
  fill(main, make("h1", { tabindex: -1 }, say("prove.result")), make("p", { class: "large", role: "status" }, icon("bad"), " ", message),
    button(say("prove.again"), again, { class: "main wide" }));
}

/** Show the screen. */
export function show(main) {
  const room = make("div");
  const shown = (done) => (...told) => {
    done(...told);
    room.querySelector("h1")?.focus();
  };
  const begin = () => beginning(room, shown(() => go()));
  const again = shown(begin);
  const go = () => (test
    ? tapping(room, shown((result, left) => resulting(room, result, left, again)), shown((message) => failing(room, message, again)))
    : begin());
  fill(main, room);
  go();
  if (test?.waiting.length) hand();
  return hear({ lost: (isLost) => !isLost && test?.waiting.length && hand() });
}
