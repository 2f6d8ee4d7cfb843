/** The bar by which the sketch is switched on and off, wherever one is shown. */

import { announce, button, fill, make } from "./dom.js";
import { aimingLeftS, expectRestart, hear, known, question, refresh } from "./house.js";
import { Refused } from "./ask.js";
import { duration, say } from "./words.js";

const FOR_S = 900;

/** Ask for a sketch, or that it end. */
export async function aim(on, forS = FOR_S) {
  try {
    const answer = await question("aim", on ? { on, for_s: forS } : { on });
    expectRestart();
    if (known.look && answer.aiming !== undefined) known.look.aiming = answer.aiming;
    known.lookAt = performance.now();
    announce(say(on ? "aim.begins" : "aim.ended"));
    await refresh();
  } catch (error) {
    if (error instanceof Refused) announce(error.message);
  }
}

/** Return the bar, and what ends it. */
export function aimingBar() {
  const left = make("span", { class: "left" });
  const bar = make("div", { class: "bar" });
  let was = null;
  const show = () => {
    const leftS = aimingLeftS();
    fill(left, leftS > 0 ? say(known.sketch ? "aim.left" : "aim.coming", { left: duration(leftS) }) : say("aim.off"));
    if (was === leftS > 0) return;
    was = leftS > 0;
    fill(bar, left, was
      ? button(say("aim.stop"), () => aim(false))
      : button(say("aim.start"), () => aim(true), { class: "main" }));
  };
  show();
  const timer = setInterval(show, 1000);
  const deaf = hear({ look: show, sketch: show });
  return { bar, close: () => { clearInterval(timer); deaf(); } };
}

/** Let a scene show what is told while somebody aims; return what ends that. */
export function live(scene, also = {}) {
  scene.sketch(known.sketch);
  scene.boxes(known.boxes);
  return hear({
    sketch: (told) => scene.sketch(told),
    boxes: (told) => scene.boxes(told.boxes),
    event: (told) => scene.flash(told.collection, told.element),
    look: (look) => {
      if (!look.aiming) {
        scene.sketch(null);
        scene.boxes([]);
      }
      also.look?.(look);
    },
  });
}
