/** Draws with fingers, a mouse or keys: moves points, snaps them, zooms. */

import { announce, make, shape as svg } from "./dom.js";
import { at, points, shapes, tidy } from "./plan.js";
import { count, say } from "./words.js";

const SNAP_PX = 14;
const SLIP_PX = 6;
const KEY_STEP = 0.01;
const KEY_FINE = 0.001;
const LOUPE_PX = 90;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Lets a plan be drawn on a scene. */
export class Editor {
  constructor(scene, plan) {
    Object.assign(this, { scene, plan, fingers: new Map(), held: null, faulty: [], extra: {} });
    scene.drawn.id = "drawn";
    this.loupe = svg("svg", { class: "loupe", "aria-hidden": "true", hidden: true }, svg("use", { href: "#drawn" }));
    scene.root.classList.add("editable");
    scene.frame.append(this.loupe);
    const on = { pointerdown: this.down, pointermove: this.moved, pointerup: this.up, pointercancel: this.up, keydown: this.key };
    for (const [kind, done] of Object.entries(on)) scene.root.addEventListener(kind, done.bind(this));
    scene.root.addEventListener("wheel", this.wheel.bind(this), { passive: false });
    this.show();
  }

  get chosen() {
    const path = String(this.plan.selected);
    return shapes(this.plan.site).filter((each) => String(each.at) === path);
  }

  /** Draw all anew; what had the focus keeps it. */
  show() {
    const focus = document.activeElement?.dataset?.handle;
    const { site, selected } = this.plan;
    this.scene.elements(site, { chosen: selected, faulty: this.faulty, extra: this.extra });
    this.scene.layers.handles.replaceChildren(...this.chosen.flatMap((each, which) => [
      ...this.between(each, which), ...each.ends.map((_, number) => this.handle(each, which, number)),
    ]));
    if (focus) this.scene.root.querySelector(`[data-handle="${CSS.escape(focus)}"]`)?.focus();
  }

  handle(each, which, number) {
    const point = points(this.plan.site, each)[number];
    const [cx, cy] = this.scene.units(point);
    const [x, y] = point.map((part) => count(part * 100, 1));
    const label = say("draw.handle", { name: each.name, number: number + 1, of: each.ends.length, x, y });
    return svg("g", { class: "handle", tabindex: 0, role: "button", "aria-label": label, "data-handle": `${which}/${number}` },
      svg("circle", { class: "touch", cx, cy }), svg("circle", { class: "knob", cx, cy }),
      each.form === "row" && svg("text", { class: "number", x: cx, y: cy }, number + 1));
  }

  /** Return the handles between corners, by which an area gets one more. */
  between(each, which) {
    if (each.form !== "area" || each.ends.length >= 64) return [];
    const ends = points(this.plan.site, each);
    return ends.map((end, number) => {
      const next = ends[(number + 1) % ends.length];
      const [cx, cy] = this.scene.units([(end[0] + next[0]) / 2, (end[1] + next[1]) / 2]);
      return svg("g", { class: "between", tabindex: 0, role: "button", "aria-label": say("draw.between", { number: number + 1 }), "data-between": `${which}/${number}` },
        svg("circle", { class: "touch", cx, cy }), svg("circle", { class: "knob", cx, cy }));
    });
  }

  down(event) {
    this.scene.root.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, event);
    if (this.fingers.size === 2) {
      this.held = this.pinch();
      return;
    }
    const place = this.scene.place(event);
    this.held = { begun: event, place, ...this.under(event) };
    event.target.closest?.("[tabindex]")?.focus();
    event.preventDefault();
  }

  /** Return what lies under a finger: a handle, a place for a new corner, an element, or nothing. */
  under(event) {
    const handle = event.target.closest?.("[data-handle]");
    const between = event.target.closest?.("[data-between]");
    const [which, number] = (handle?.dataset.handle ?? between?.dataset.between ?? "").split("/").map(Number);
    if (handle) return { what: "handle", shape: this.chosen[which], number, from: points(this.plan.site, this.chosen[which])[number] };
    if (between) return { what: "between", shape: this.chosen[which], number };
    const element = event.target.closest?.("[data-at]");
    if (element) return { what: "element", path: JSON.parse(element.dataset.at) };
    return { what: "ground", view: [...this.scene.view] };
  }

  moved(event) {
    if (!this.fingers.has(event.pointerId) || !this.held) return;
    this.fingers.set(event.pointerId, event);
    const held = this.held;
    if (held.what === "pinch") this.pinched(held);
    else if (held.moving || Math.hypot(event.clientX - held.begun.clientX, event.clientY - held.begun.clientY) > SLIP_PX) this.drag(event, held);
  }

  drag(event, held) {
    const place = this.scene.place(event);
    const [dx, dy] = this.scene.part([place[0] - held.place[0], place[1] - held.place[1]]);
    if (!held.moving) {
      held.moving = true;
      if (held.what === "handle") this.plan.mark();
      if (held.what === "between") this.grow(held, place);
      if (held.what === "element") held.mine = String(held.path) === String(this.plan.selected);
      if (held.what === "element" && held.mine) this.plan.mark();
    }
    if (held.what === "handle") this.pull(held, [held.from[0] + dx, held.from[1] + dy]);
    else if (held.what === "element" && held.mine) {
      this.chosen.forEach((each) => this.plan.shift(each, dx, dy));
      held.place = place;
    } else this.pan(event, held);
  }

  grow(held, place) {
    this.plan.insert(held.shape, held.number, this.scene.part(place));
    Object.assign(held, { what: "handle", number: held.number + 1, from: this.scene.part(held.place) });
    held.shape = this.chosen.find((each) => each.key === held.shape.key);
  }

  pull(held, wish) {
    const point = this.snapped(wish, held);
    this.plan.move(held.shape, held.number, point);
    this.magnify(point);
  }

  /** Return a wish, or the border of the picture or a point of another shape that is near it. */
  snapped([x, y], held) {
    const near = SNAP_PX * this.scene.unit;
    const away = ([one, other]) => Math.hypot(...this.scene.units([one - x, other - y]));
    const own = JSON.stringify(held.shape.at);
    const others = shapes(this.plan.site).filter((each) => JSON.stringify(each.at) !== own).flatMap((each) => points(this.plan.site, each));
    const nearest = others.sort((one, other) => away(one) - away(other))[0];
    if (nearest && away(nearest) < near) return nearest;
    const border = (part, most) => (part * most < near ? 0 : (1 - part) * most < near ? 1 : part);
    return tidy([border(x, 1000), border(y, this.scene.height)]);
  }

  magnify(point) {
    const [x, y] = this.scene.units(point);
    const side = LOUPE_PX * this.scene.unit * 0.5;
    const [left, , wide] = this.scene.view;
    this.loupe.removeAttribute("hidden");
    this.loupe.classList.toggle("right", x < left + wide / 2);
    this.loupe.setAttribute("viewBox", `${x - side / 2} ${y - side / 2} ${side} ${side}`);
    this.loupe.style.setProperty("--unit", `${side / LOUPE_PX}px`);
    this.loupe.style.setProperty("--scale", side / LOUPE_PX);
  }

  pan(event, held) {
    const from = held.begun;
    const [x, y, wide] = held.view ?? (held.view = [...this.scene.view]);
    this.scene.zoom([x - (event.clientX - from.clientX) * this.scene.unit, y - (event.clientY - from.clientY) * this.scene.unit, wide]);
  }

  up(event) {
    this.fingers.delete(event.pointerId);
    const held = this.held;
    // Where one finger of a pinch is lifted, the other moves nothing any more.
    if (!held || (this.fingers.size > 0 && held.what !== "pinch")) return;
    this.held = null;
    this.loupe.setAttribute("hidden", "");
    if (held.moving || held.what === "pinch" || event.type === "pointercancel") return;
    if (held.what === "element") this.plan.select(held.path);
    if (held.what === "between") this.split(held.shape, held.number);
    if (held.what === "ground") this.plan.select(null);
  }

  split(each, number) {
    const ends = points(this.plan.site, each);
    const next = ends[(number + 1) % ends.length];
    this.plan.insert(each, number, [(ends[number][0] + next[0]) / 2, (ends[number][1] + next[1]) / 2]);
  }

  pinch() {
    const [one, other] = [...this.fingers.values()];
    const middle = { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
    const apart = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    return { what: "pinch", place: this.scene.place(middle), middle, apart };
  }

  pinched(held) {
    const now = this.pinch();
    this.scene.zoomAbout(held.place, held.apart / now.apart);
    const [x, y, wide] = this.scene.view;
    const place = this.scene.place(now.middle);
    this.scene.zoom([x + held.place[0] - place[0], y + held.place[1] - place[1], wide]);
    held.apart = now.apart;
  }

  wheel(event) {
    if (!event.ctrlKey && !event.altKey) return;
    event.preventDefault();
    this.scene.zoomAbout(this.scene.place(event), event.deltaY > 0 ? 1.2 : 1 / 1.2);
  }

  key(event) {
    const handle = event.target.closest?.("[data-handle], [data-between]");
    if (!handle) return;
    const [which, number] = (handle.dataset.handle ?? handle.dataset.between).split("/").map(Number);
    const each = this.chosen[which];
    if (handle.dataset.between) {
      if (event.key === "Enter" || event.key === " ") this.split(each, number);
      else return;
    } else if (ARROWS[event.key]) this.nudge(each, number, ARROWS[event.key], event.shiftKey ? KEY_FINE : KEY_STEP);
    else if (event.key === "Delete" || event.key === "Backspace") this.plan.remove(each, number);
    else return;
    event.preventDefault();
  }

  nudge(each, number, [right, down], step) {
    const [x, y] = points(this.plan.site, each)[number];
    const point = tidy([x + right * step, y + down * step]);
    this.plan.change(() => this.plan.move(each, number, point));
    announce(say("draw.at", { x: count(point[0] * 100, 1), y: count(point[1] * 100, 1) }));
  }
}

/** Return buttons to look closer and from farther away. */
export function zoomButtons(scene, icon) {
  const about = () => [scene.view[0] + scene.view[2] / 2, scene.view[1] + scene.view[3] / 2];
  const one = (name, factor) => make("button", {
    type: "button", class: "square", "aria-label": say(`zoom.${name}`), on: { click: () => scene.zoomAbout(about(), factor) },
  }, icon(name));
  return [one("closer", 1 / 1.5), one("farther", 1.5)];
}

/** Return what lies at a path, for whoever holds a plan. */
export function selectedOf(plan) {
  return plan.selected && at(plan.site, plan.selected);
}
