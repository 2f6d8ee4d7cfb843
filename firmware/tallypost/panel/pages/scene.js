/** Draws what the device sees: a sketch of still edges, plain boxes, and what was drawn. Never a picture. */

import { make, shape as svg } from "./dom.js";
import { forward, points, shapes } from "./plan.js";
import { className } from "./words.js";

const WIDE = 1000;
const USUAL = 9 / 16;
const CLOSEST = 8;
const HEAD = "M0 0H26M17 -8 26 0 17 8";
/** A box of less than this part of the picture's height has no name written to it. */
const NAMED_FROM = 0.08;

/** A picture without a picture. Its coordinates are 0..1000 across; `height` follows the sketch. */
export class Scene {
  constructor(label) {
    this.height = WIDE * USUAL;
    this.view = [0, 0, WIDE, this.height];
    this.layers = Object.fromEntries(["sketch", "guides", "elements", "boxes", "flashes", "handles"]
      .map((name) => [name, svg("g", { class: `layer-${name}` })]));
    this.drawn = svg("g", {}, svg("rect", { class: "ground", width: WIDE, height: WIDE * 2 }), Object.values(this.layers));
    this.root = svg("svg", { class: "scene", role: "group", "aria-label": label }, this.drawn);
    this.frame = make("div", { class: "frame" }, this.root);
    this.sized = new ResizeObserver(() => this.zoom());
    this.sized.observe(this.root);
    this.zoom();
  }

  close() {
    this.sized.disconnect();
  }

  /** How many units one pixel of the screen is. */
  get unit() {
    return this.view[2] / (this.root.clientWidth || 360);
  }

  /** Show a part of the picture: x, y, width; all without one. */
  zoom([x, y, width] = this.view) {
    const wide = Math.min(WIDE, Math.max(WIDE / CLOSEST, width));
    const high = (wide * this.height) / WIDE;
    const within = (place, most) => Math.min(Math.max(0, place), most);
    this.view = [within(x, WIDE - wide), within(y, this.height - high), wide, high];
    this.root.setAttribute("viewBox", this.view.join(" "));
    this.root.style.setProperty("--unit", `${this.unit}px`);
    this.root.style.setProperty("--scale", this.unit);
    this.root.style.aspectRatio = `${WIDE} / ${this.height}`;
  }

  /** Zoom by a factor about a point of the picture. */
  zoomAbout([x, y], factor) {
    const [left, top, width] = this.view;
    const wide = Math.min(WIDE, Math.max(WIDE / CLOSEST, width * factor));
    const part = wide / width;
    this.zoom([x - (x - left) * part, y - (y - top) * part, wide]);
  }

  /** Return the place on the picture, in units, of a place on the screen. */
  place(event) {
    const inner = this.root.getBoundingClientRect();
    const [x, y, wide, high] = this.view;
    return [x + ((event.clientX - inner.left) / inner.width) * wide, y + ((event.clientY - inner.top) / inner.height) * high];
  }

  /** Return units as 0..1 of the picture, and the other way. */
  part([x, y]) {
    return [x / WIDE, y / this.height];
  }

  units([x, y]) {
    return [x * WIDE, y * this.height];
  }

  /** Show a sketch: {width, height, cells}, one bit a cell; nothing without one. */
  sketch(told) {
    if (!told) {
      this.layers.sketch.replaceChildren();
      return;
    }
    const high = (WIDE * told.height) / told.width;
    if (Math.abs(high - this.height) > 0.5) {
      this.height = high;
      this.zoom([0, 0, WIDE]);
    }
    const path = svg("path", { class: "cells", d: runs(told), transform: `scale(${WIDE / told.width})` });
    this.layers.sketch.replaceChildren(path);
  }

  /** Show boxes: [class, x1, y1, x2, y2], each 0..1. */
  boxes(told) {
    this.layers.boxes.replaceChildren(...told.map(([name, x1, y1, x2, y2]) => {
      const [left, top] = this.units([x1, y1]);
      const [right, low] = this.units([x2, y2]);
      return svg("g", {},
        svg("rect", { class: "box", x: left, y: top, width: right - left, height: low - top }),
        low - top > NAMED_FROM * this.height && svg("text", { class: "box-name", x: left, y: top, dy: "-0.3em" }, className(name)));
    }));
  }

  /** Show what is drawn; `chosen` and `faulty` are paths, `extra` are polygons of rows by their path. */
  elements(site, { chosen = null, faulty = [], extra = {} } = {}) {
    const bad = new Set(faulty.map(String));
    this.layers.elements.replaceChildren(...shapes(site).map((each) => {
      const path = String(each.at);
      const classes = ["element", `kind-${each.kind}`, path === String(chosen) && "chosen", bad.has(path) && "faulty"];
      return svg("g", { class: classes.filter(Boolean).join(" "), "data-at": JSON.stringify(each.at) },
        this.outline(site, each, extra[path] ?? []));
    }));
  }

  outline(site, each, inner) {
    const ends = points(site, each).map((point) => this.units(point));
    const d = `M${ends.map((end) => end.join(" ")).join("L")}${each.form === "area" || each.form === "row" ? "Z" : ""}`;
    const [x, y] = each.form === "arrow" ? aside(ends) : middle(ends);
    const parts = inner.map((polygon) =>
      svg("path", { class: "inner", d: `M${polygon.map((point) => this.units(point).join(" ")).join("L")}Z` }));
    const strokes = each.form === "points"
      ? ends.map(([cx, cy]) => svg("circle", { class: "spot", cx, cy }))
      : [svg("path", { class: "halo", d }), svg("path", { class: "stroke", d })];
    const name = each.name && svg("text", { class: "name", x, y, dy: each.form === "arrow" ? "-0.5em" : "0.3em" }, each.name);
    return [svg("path", { class: "touch", d }), parts, strokes, each.form === "arrow" && this.head(ends), name];
  }

  /** Return the little arrow that shows which way is forward. */
  head([start, end]) {
    const [x, y] = middle([start, end]);
    const turn = (Math.atan2(...forward(start, end).reverse()) * 180) / Math.PI;
    return svg("g", { class: "forward", transform: `translate(${x} ${y}) rotate(${turn})` },
      ["back", "head"].map((each) => svg("path", { class: each, d: HEAD })));
  }

  /** Let an element light up: somebody crossed it. */
  flash(collection, name) {
    for (const each of this.layers.elements.querySelectorAll(`.kind-${CSS.escape(collection)}`)) {
      if (each.querySelector(".name")?.textContent !== name) continue;
      each.classList.add("crossed");
      setTimeout(() => each.classList.remove("crossed"), 900);
    }
  }
}

function middle(ends) {
  const sum = ends.reduce(([x, y], end) => [x + end[0], y + end[1]], [0, 0]);
  return sum.map((each) => each / ends.length);
}

/** Return where a line's name stands: not where its arrow is. */
function aside([start, end]) {
  return [start[0] + (end[0] - start[0]) * 0.2, start[1] + (end[1] - start[1]) * 0.2];
}

/** Return set cells as one path: each run of a row a rectangle. */
function runs({ width, height, cells }) {
  const isSet = (place) => (cells[place >> 3] >> (7 - (place & 7))) & 1;
  let path = "";
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const begin = column;
      while (column < width && isSet(row * width + column)) column += 1;
      if (column > begin) path += `M${begin} ${row}h${column - begin}v1h${begin - column}z`;
    }
  }
  return path;
}
