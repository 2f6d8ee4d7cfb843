/** Draws lines, zones, parking and calibration on the sketch, and hands them to the device. */

import { Ended, Lost, Refused } from "./ask.js";
import { aimingBar, live } from "./aiming.js";
import { announce, button, fill, make } from "./dom.js";
import { Editor, zoomButtons } from "./editor.js";
import { expectRestart, known, question, refresh } from "./house.js";
import { icon } from "./icons.js";
import { placed, Plan, shapes } from "./plan.js";
import { properties } from "./properties.js";
import { Scene } from "./scene.js";
import { say } from "./words.js";

const TRY_AFTER_MS = 500;
const TRIAL_EVERY_MS = 1000;
const KINDS = ["lines", "zones", "rows", "spaces", "calibration"];

/** What is being drawn outlives the screen, and the connection; not the page. */
let kept = null;

/** Whether something was drawn that the device has not got. */
export function unsaved() {
  return Boolean(kept?.plan.changed);
}

window.addEventListener("beforeunload", (event) => unsaved() && event.preventDefault());

/** Forget what was drawn: the session is over, or another begins. */
export function forget() {
  kept = null;
}

/** What the screen does, and what it knows. */
class Drawing {
  constructor(main) {
    const look = known.look;
    if (!kept || (!kept.plan.changed && !kept.handed && kept.hash !== look.site_hash)) kept = { plan: new Plan(look.site ?? {}), hash: look.site_hash };
    Object.assign(this, { plan: kept.plan, scene: new Scene(say("draw.scene")), faults: [], told: null, timer: null, rows: "" });
    this.editor = new Editor(this.scene, this.plan);
    this.aiming = aimingBar();
    this.nodes = Object.fromEntries(["tools", "list", "form", "faults", "other"].map((name) => [name, make("div", { class: name })]));
    this.result = make("p", { class: "verdict", role: "status" });
    this.changed = () => { this.show(); this.tryLater(); };
    this.plan.addEventListener("change", this.changed);
    this.deaf = live(this.scene, { look: () => this.looked() });
    this.presses = { pointerdown: () => this.press(true), pointerup: () => this.press(false), pointercancel: () => this.press(false) };
    for (const [kind, done] of Object.entries(this.presses)) window.addEventListener(kind, done, true);
    this.lay(main);
    this.changed();
    this.looked();
    if (kept.handed) this.follow();
  }

  lay(main) {
    this.save = button(say("draw.save"), () => this.hand(), { class: "main wide" });
    fill(main, make("h1", { tabindex: -1 }, say("draw.title")), make("p", {}, say("draw.intro")),
      make("div", { class: "split" },
        make("div", { class: "stage" }, this.nodes.other, this.scene.frame, this.nodes.tools),
        make("div", { class: "side" }, this.aiming.bar, make("div", { class: "row adders" }, KINDS.map((kind) =>
          button(`+\u00a0${say(`kind.${kind}`)}`, () => this.add(kind), { "data-add": kind }))),
        this.nodes.form, this.nodes.faults, this.save, this.result, this.nodes.list,
        make("details", {}, make("summary", {}, say("draw.keys.title")), make("p", {}, say("draw.keys"))))),
      make("a", { class: "button wide", href: "#count" }, say("draw.next")));
    const square = (name, done) => button(icon(name), done, { class: "square", "aria-label": say(`draw.${name}`), "data-do": name });
    fill(this.nodes.tools, square("undo", () => this.plan.undo()), square("redo", () => this.plan.redo()), zoomButtons(this.scene, icon));
  }

  add(kind) {
    const [x, y, wide, high] = this.scene.view;
    this.plan.add(kind, [x / 1000, y / this.scene.height, wide / 1000, high / this.scene.height]);
    announce(say("draw.added", { kind: say(`kind.${kind}`) }));
  }

  /** Draw anew; what lies under a finger stays until it is lifted, or the tap would be lost. */
  show() {
    this.editor.faulty = this.faults.map((each) => each.path).filter(Boolean);
    this.editor.show();
    this.late = this.pressed;
    if (!this.pressed) this.showSide();
  }

  press(isDown) {
    this.pressed = isDown;
    if (!isDown) setTimeout(() => this.late && this.show());
  }

  showSide() {
    const { plan, nodes } = this;
    if (!nodes.form.contains(document.activeElement) || this.form !== String(plan.selected)) properties(nodes.form, plan, known.look);
    this.form = String(plan.selected);
    nodes.tools.querySelector("[data-do=undo]").disabled = !plan.past.length;
    nodes.tools.querySelector("[data-do=redo]").disabled = !plan.future.length;
    const listed = [...new Map(shapes(plan.site).map((each) => [String(each.at), each])).values()];
    const focus = nodes.list.contains(document.activeElement) ? document.activeElement.dataset.path : null;
    fill(nodes.list, make("h2", {}, say("draw.drawn")), listed.length ? null : make("p", { class: "quiet" }, say("draw.nothing")),
      listed.map((each) => button([say(`kind.${each.kind}`), " ", make("strong", {}, each.name)], () => plan.select(each.at),
        { class: "entry", "data-path": String(each.at), "aria-pressed": String(String(each.at) === String(plan.selected)) })));
    if (focus) nodes.list.querySelector(`[data-path="${CSS.escape(focus)}"]`)?.focus();
    this.save.disabled = !plan.changed;
    this.faulted();
  }

  faulted() {
    fill(this.nodes.faults, this.faults.map(({ path, key, sentence }) => {
      const text = [icon("bad"), make("span", {}, key ? `${key}: ${sentence}` : sentence)];
      return path ? button(text, () => this.plan.select(path), { class: "fault" }) : make("p", { class: "fault" }, text);
    }));
  }

  tryLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.try(), TRY_AFTER_MS);
  }

  /** Have the device judge what is drawn, and fill rows with spaces. */
  async try() {
    const site = structuredClone(this.plan.site);
    await this.fillRows(site);
    if (!this.plan.changed) this.judge([]);
    else await this.asked("draw", { site, dry: true }, () => this.judge([]));
  }

  async fillRows(site) {
    const rows = shapes(site).filter((each) => each.kind === "rows").map((each) => ({ path: String(each.at), ...site.car_parks[each.at[1]].rows[each.at[3]] }));
    const now = JSON.stringify(rows);
    if (now === this.rows) return;
    const extra = {};
    for (const { path, corners, count } of rows) {
      const done = await this.asked("rows", { corners, spaces: count }, ({ polygons }) => { extra[path] = polygons; });
      if (done === null) return;
    }
    this.rows = now;
    this.editor.extra = extra;
    this.editor.show();
  }

  /** Ask, and do something with the answer; null where the device cannot be reached. */
  async asked(word, places, done) {
    try {
      done(await question(word, places));
      return true;
    } catch (error) {
      if (error instanceof Refused) {
        if (word === "draw") this.judge(error.faults);
        return false;
      }
      if (error instanceof Lost || error instanceof Ended) return null;
      throw error;
    }
  }

  judge(faults) {
    const placedNow = placed(faults, this.plan.site);
    if (JSON.stringify(placedNow) === JSON.stringify(this.faults)) return;
    this.faults = placedNow;
    this.show();
    if (faults.length) announce(say("draw.faulty", { count: faults.length }));
  }

  /** Hand over what is drawn, unless another phone did so meanwhile. */
  async hand() {
    this.save.disabled = true;
    fill(this.result, say("draw.handing"));
    await refresh();
    if (!this.plan.changed) return;
    if (known.look.site_hash !== kept.hash) {
      this.looked();
      fill(this.result, say("draw.conflict"));
      this.save.disabled = false;
      return;
    }
    const site = structuredClone(this.plan.site);
    // Its answer may be lost: by the hash it is known as one's own all the same.
    let done = await this.asked("draw", { site, dry: true }, (answer) => { kept.sent = { site, hash: answer.site_hash }; });
    if (done) done = await this.asked("draw", { site, dry: false }, () => this.handed());
    if (done === null) fill(this.result, say("lost.kept"));
    if (done === false) fill(this.result, say("draw.refused"));
    this.save.disabled = !this.plan.changed;
    refresh();
  }

  /** The device has got what was sent, and tries it. */
  handed() {
    const { site, hash } = kept.sent;
    Object.assign(kept, { before: kept.hash, hash, handed: hash, sent: null });
    expectRestart();
    this.follow();
    this.plan.saved = JSON.stringify(site);
    this.plan.tell();
    fill(this.result, say("draw.trial"));
  }

  /** Ask now and then what became of a trial, until it is over or the screen is left. */
  follow() {
    clearTimeout(this.following);
    if (this.closed) return;
    this.following = setTimeout(async () => {
      await refresh();
      if (kept?.handed) this.follow();
    }, TRIAL_EVERY_MS);
  }

  /** Say what became of a trial, and whether another phone drew something. */
  looked() {
    const { site_hash: hash, trial, site } = known.look;
    if (kept.sent?.hash === hash) this.handed();
    if (kept.handed) this.tried(trial, hash);
    if (hash === kept.hash || kept.handed) {
      fill(this.nodes.other);
      return;
    }
    if (!this.plan.changed) {
      kept.hash = hash;
      this.plan.replace(site);
      announce(say("draw.other"));
      return;
    }
    if (this.told === hash && this.nodes.other.childElementCount) return;
    this.told = hash;
    fill(this.nodes.other, make("div", { class: "card notice", role: "alert" }, make("p", {}, icon("notice"), say("draw.both")),
      make("div", { class: "row" }, button(say("draw.theirs"), () => this.take(site, hash)), button(say("draw.mine"), () => this.take(null, hash)))));
  }

  /** Go on with what another phone drew, or with what was drawn here. */
  take(site, hash) {
    kept.hash = hash;
    fill(this.nodes.other);
    fill(this.result, site ? say("draw.undoable") : "");
    if (site) this.plan.replace(site);
  }

  tried(trial, hash) {
    const isGood = hash === kept.handed;
    const isOurs = isGood || !trial?.site_hash || trial.site_hash === kept.handed;
    if (!isOurs && hash !== kept.before) {
      kept.handed = null;
      return;
    }
    if (trial?.state === "trial" || !isOurs) {
      fill(this.result, say("draw.trial"));
      return;
    }
    fill(this.result, icon(isGood ? "good" : "bad"), " ", say(isGood ? "draw.confirmed" : "draw.taken_back"));
    if (isGood) kept.hash = hash;
    else {
      this.plan.saved = "";
      this.judge(trial?.faults ?? []);
      kept.hash = hash;
    }
    kept.handed = null;
    this.save.disabled = !this.plan.changed;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.following);
    this.plan.removeEventListener("change", this.changed);
    for (const [kind, done] of Object.entries(this.presses)) window.removeEventListener(kind, done, true);
    this.deaf();
    this.aiming.close();
    this.scene.close();
  }
}

/** Show the screen. */
export function show(main) {
  const drawing = new Drawing(main);
  return () => drawing.close();
}
