/** Icons: every state has a shape of its own, so that nothing is told by colour alone. */

import { shape } from "./dom.js";

const PATHS = {
  good: ["M12 2a10 10 0 1 0 .01 0z", "M7 12.5l3.5 3.5L17 9"],
  notice: ["M12 3 1.8 21h20.4z", "M12 9.5v5.5M12 17.6v.8"],
  bad: ["M8 2h8l6 6v8l-6 6H8l-6-6V8z", "M8.5 8.5l7 7M15.5 8.5l-7 7"],
  unknown: ["M12 2a10 10 0 1 0 .01 0z", "M9 9.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2.9-1.2 1.8M12 17v.8"],
  back: ["", "M15 4 7 12l8 8"],
  onward: ["", "M9 4l8 8-8 8"],
  menu: ["", "M3 6h18M3 12h18M3 18h18"],
  undo: ["", "M8 4 3.5 8.5 8 13M4 8.5h10a6 6 0 0 1 0 12H9"],
  redo: ["", "M16 4l4.5 4.5L16 13M20 8.5H10a6 6 0 0 0 0 12h5"],
  closer: ["", "M12 4v16M4 12h16"],
  farther: ["", "M4 12h16"],
  arrow: ["", "M12 21V4M5 11l7-7 7 7"],
  camera: ["", "M3 7h4l2-3h6l2 3h4v13H3zM12 9.5a3.7 3.7 0 1 0 .01 0z"],
  done: ["", "M4 12.5 9.5 18 20 6.5"],
};

/** Return an icon; whoever cannot see it reads the words beside it. */
export function icon(name) {
  const [solid, stroke] = PATHS[name];
  return shape("svg", { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    solid && shape("path", { d: solid, class: "solid" }), shape("path", { d: stroke, class: "stroke" }));
}

/** Return an arrow that points along (x, y) of the picture. */
export function pointing(x, y) {
  const turn = Math.round((Math.atan2(y, x) * 180) / Math.PI + 90);
  return shape("svg", { viewBox: "0 0 24 24", class: "icon pointing", "aria-hidden": "true", focusable: "false" },
    shape("path", { d: PATHS.arrow[1], class: "stroke", transform: `rotate(${turn} 12 12)` }));
}
