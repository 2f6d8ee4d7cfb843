/** Holds what is drawn: the site as a document, changed step by step, each of which can be taken back. */

const STEPS_MAX = 200;
/** What the device calls the line that lets it run before anybody has drawn. */
const PLACEHOLDER = "undrawn";
/** Kinds that are drawn as an arrow from `start` to `end`. */
const ARROWS = ["lines", "wrong_ways"];
/** Kinds that are drawn as one polygon, and what else of them has points. */
const AREAS = {
  zones: [], queues: ["front"], approaches: ["direction"], crowds: [], intrusions: [], stops: [], heat_maps: [], conflicts: [],
};

/** Return everything of a site that has points, in its order: {at, kind, form, name, ends}. */
export function shapes(site) {
  const found = [];
  for (const kind of ARROWS) {
    (site[kind] ?? []).forEach((each, place) =>
      found.push({ at: [kind, place], kind, form: "arrow", name: each.name, ends: [["start"], ["end"]] }));
  }
  for (const [kind, strokes] of Object.entries(AREAS)) {
    (site[kind] ?? []).forEach((each, place) => {
      if (each.polygon) found.push(ring([kind, place], kind, "area", each.name, "polygon", each.polygon));
      for (const key of strokes) {
        if (each[key]) found.push(ring([kind, place], kind, "stroke", each.name, key, each[key]));
      }
    });
  }
  (site.car_parks ?? []).forEach((park, place) => {
    (park.rows ?? []).forEach((row, number) =>
      found.push(ring(["car_parks", place, "rows", number], "rows", "row", row.name, "corners", row.corners)));
    (park.spaces ?? []).forEach((space, number) =>
      found.push(ring(["car_parks", place, "spaces", number], "spaces", "area", space.name, "polygon", space.polygon)));
  });
  if (site.calibration?.corners) {
    found.push(ring(["calibration"], "calibration", "row", "", "corners", site.calibration.corners));
  } else if (site.calibration?.points) {
    const ends = site.calibration.points.map((_, place) => ["points", place, "picture"]);
    found.push({ at: ["calibration"], kind: "calibration", form: "points", name: "", ends });
  }
  return found;
}

function ring(at, kind, form, name, key, points) {
  return { at, kind, form, name, key, ends: points.map((_, place) => [key, place]) };
}

/** Return what lies at a path of a document. */
export function at(document, path) {
  return path.reduce((inner, key) => inner?.[key], document);
}

/** Return a shape's points. */
export function points(site, shape) {
  return shape.ends.map((end) => at(site, [...shape.at, ...end]));
}

/** Return a point as files have it: no finer than a thumb, within the picture. */
export function tidy([x, y]) {
  return [x, y].map((each) => Math.round(Math.min(1, Math.max(0, each)) * 10_000) / 10_000);
}

/** Return where going forward over an arrow leads: from its left to its right, y downward. */
export function forward([x1, y1], [x2, y2], aspect = 1) {
  const length = Math.hypot(x2 - x1, (y2 - y1) * aspect) || 1;
  return [(-(y2 - y1) * aspect) / length, (x2 - x1) / length];
}

/** Return a name that no element of a list has yet. */
function fresh(list, stem) {
  const taken = new Set(list.map((each) => each.name));
  let number = list.length + 1;
  while (taken.has(`${stem}${number}`)) number += 1;
  return `${stem}${number}`;
}

/** Take away the line that stands where nothing is drawn yet. */
function leaveOut(site, name) {
  const lines = (site.lines ?? []).filter((each) => each.name !== name);
  if (lines.length) site.lines = lines;
  else delete site.lines;
}

/** A site that is being drawn. */
export class Plan extends EventTarget {
  constructor(site) {
    super();
    this.site = structuredClone(site);
    this.saved = JSON.stringify(site);
    this.selected = null;
    this.past = [];
    this.future = [];
  }

  /** Whether something was drawn that the device has not got. */
  get changed() {
    return JSON.stringify(this.site) !== this.saved;
  }

  /** Take a site that the device has; what was drawn here can still be brought back by undo. */
  replace(site) {
    this.change((document) => {
      for (const key of Object.keys(document)) delete document[key];
      Object.assign(document, structuredClone(site));
    });
    this.saved = JSON.stringify(site);
    this.tell();
  }

  /** Remember that the device has what is drawn. */
  keep() {
    this.saved = JSON.stringify(this.site);
    this.tell();
  }

  /** Remember how it was, before a step is made. */
  mark() {
    const now = JSON.stringify(this.site);
    if (this.past.at(-1) === now) return;
    this.past.push(now);
    if (this.past.length > STEPS_MAX) this.past.shift();
    this.future = [];
  }

  /** Make one step. */
  change(done) {
    this.mark();
    done(this.site);
    this.tell();
  }

  undo() {
    this.travel(this.past, this.future);
  }

  redo() {
    this.travel(this.future, this.past);
  }

  travel(from, to) {
    const now = JSON.stringify(this.site);
    let then = from.pop();
    while (then === now) then = from.pop();
    if (then === undefined) return;
    to.push(now);
    this.site = JSON.parse(then);
    if (this.selected && !at(this.site, this.selected)) this.selected = null;
    this.tell();
  }

  select(path) {
    this.selected = path;
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }

  /** Move one point of a shape; the step was marked before. */
  move(shape, number, point) {
    const path = [...shape.at, ...shape.ends[number]];
    at(this.site, path.slice(0, -1))[path.at(-1)] = tidy(point);
    this.tell();
  }

  /** Move a whole shape; no point leaves the picture. */
  shift(shape, dx, dy) {
    const before = points(this.site, shape);
    const room = (wish, axis) => {
      const places = before.map((point) => point[axis]);
      return Math.min(1 - Math.max(...places), Math.max(-Math.min(...places), wish));
    };
    const [right, down] = [room(dx, 0), room(dy, 1)];
    before.forEach(([x, y], number) => this.move(shape, number, [x + right, y + down]));
  }

  /** Put a corner between two others of an area. */
  insert(shape, after, point) {
    this.change((site) => at(site, [...shape.at, shape.key]).splice(after + 1, 0, tidy(point)));
  }

  /** Take a corner away, or the whole element where it needs that corner. */
  remove(shape, number = null) {
    if (number !== null && shape.form === "area" && shape.ends.length > 3) {
      this.change((site) => at(site, [...shape.at, shape.key]).splice(number, 1));
    } else this.drop(shape.at);
  }

  /** Take an element away, and a car park with its last space. */
  drop(path) {
    this.selected = null;
    this.change((site) => {
      if (path.length === 1) {
        delete site[path[0]];
        return;
      }
      at(site, path.slice(0, -1)).splice(path.at(-1), 1);
      const park = path[0] === "car_parks" && site.car_parks[path[1]];
      if (park && !(park.rows?.length || park.spaces?.length)) site.car_parks.splice(path[1], 1);
    });
  }

  /** Turn an arrow round. */
  flip(shape) {
    this.change((site) => {
      const element = at(site, shape.at);
      [element.start, element.end] = [element.end, element.start];
    });
  }

  /** Draw something new in the middle of what is seen, and select it. */
  add(kind, [left, top, width, height]) {
    const point = (x, y) => tidy([left + x * width, top + y * height]);
    const box = [point(0.3, 0.65), point(0.7, 0.65), point(0.65, 0.4), point(0.35, 0.4)];
    this.change((site) => {
      if (kind !== "calibration") leaveOut(site, PLACEHOLDER);
      this.selected = ADD[kind](site, point, box);
    });
  }
}

function put(list, element) {
  list.push(element);
  return list.length - 1;
}

function park(site) {
  site.car_parks ??= [];
  if (!site.car_parks.length) put(site.car_parks, { name: "park1" });
  return site.car_parks[0];
}

const ADD = {
  lines(site, point) {
    site.lines ??= [];
    return ["lines", put(site.lines, { name: fresh(site.lines, "line"), start: point(0.25, 0.5), end: point(0.75, 0.5) })];
  },
  zones(site, _, polygon) {
    site.zones ??= [];
    return ["zones", put(site.zones, { name: fresh(site.zones, "zone"), polygon })];
  },
  rows(site, _, corners) {
    const rows = (park(site).rows ??= []);
    const taken = new Set(rows.map((each) => each.name));
    const name = [..."ABCDEFGHJKLMNPQRSTUVWXYZ"].find((each) => !taken.has(each)) ?? fresh(rows, "R");
    return ["car_parks", 0, "rows", put(rows, { name, corners, count: 5 })];
  },
  spaces(site, point) {
    const spaces = (park(site).spaces ??= []);
    const polygon = [point(0.42, 0.62), point(0.58, 0.62), point(0.56, 0.45), point(0.44, 0.45)];
    return ["car_parks", 0, "spaces", put(spaces, { name: fresh(spaces, "space"), polygon })];
  },
  calibration(site, _, corners) {
    site.calibration ??= { corners, width_m: 3.5, length_m: 10 };
    return ["calibration"];
  },
};

/** Return the faults of a document by the shape that each is about: {path, sentence}. */
export function placed(faults, site) {
  const paths = shapes(site).map((shape) => shape.at);
  return faults.map((fault) => {
    const [, key, sentence] = /^([\w[\].]+): (.*)$/s.exec(fault) ?? [null, "", fault];
    const path = key.split(/[.[\]]+/).filter(Boolean).map((each) => (/^\d+$/.test(each) ? Number(each) : each));
    const near = paths.filter((each) => each.every((part, place) => path[place] === part));
    return { path: near.sort((a, b) => b.length - a.length)[0] ?? null, key, sentence };
  });
}
