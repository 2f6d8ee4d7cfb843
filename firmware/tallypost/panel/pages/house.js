/** Knows what the device tells, and hands it on to whichever screen is shown. */

import { ask, Ended, Lost } from "./ask.js";

const LOOK_EVERY_MS = 5000;
const AGAIN_MS = 2000;
const RESTART_MS = 45_000;
const KINDS = ["record", "alert", "state", "health", "event", "boxes", "sketch", "sight"];

/** What is known now; `lost` while the device cannot be reached. */
export const known = { look: null, lookAt: 0, sketch: null, boxes: [], sight: null, record: null, lost: false, aimed: false, restartUntil: 0 };
/** Tells of news: an event by the name of what is new. */
export const news = new EventTarget();

let stream = null;
let timer = null;
let again = null;

function tell(kind, detail = null) {
  news.dispatchEvent(new CustomEvent(kind, { detail }));
}

function lost(isLost) {
  if (known.lost === isLost) return;
  known.lost = isLost;
  tell("lost", isLost);
}

/** Remember that the device was asked to start afresh: that it is away for a moment is no trouble. */
export function expectRestart() {
  known.restartUntil = performance.now() + RESTART_MS;
}

/** Hear news until the returned function is called. */
export function hear(kinds) {
  const heard = Object.entries(kinds).map(([kind, done]) => [kind, (event) => done(event.detail)]);
  for (const [kind, done] of heard) news.addEventListener(kind, done);
  return () => heard.forEach(([kind, done]) => news.removeEventListener(kind, done));
}

/** Ask a question; what becomes of it is told to everybody. */
export function question(word, places) {
  return answered(ask(word, places));
}

/** Return what is answered; a lost connection and an ended session are told to everybody. */
export async function answered(asking) {
  try {
    const answer = await asking;
    lost(false);
    return answer;
  } catch (error) {
    if (error instanceof Lost) lost(true);
    if (error instanceof Ended) tell("ended");
    throw error;
  }
}

/** Look anew; what cannot be reached is tried again later. */
export async function refresh() {
  try {
    known.look = await question("look", { since_utc_s: new Date().setHours(0, 0, 0, 0) / 1000 });
    known.lookAt = performance.now();
    if (!known.look.aiming) Object.assign(known, { sketch: null, boxes: [], sight: null });
    else known.aimed = true;
    tell("look", known.look);
  } catch (error) {
    if (!(error instanceof Lost || error instanceof Ended)) throw error;
  }
}

/** Return for how long the sketch will go on, in seconds; 0 without one. */
export function aimingLeftS() {
  const aiming = known.look?.aiming;
  return aiming ? Math.max(0, aiming.left_s - (performance.now() - known.lookAt) / 1000) : 0;
}

function heard(kind, data) {
  if (kind === "sketch") known.sketch = { ...data, cells: bytes(data.cells) };
  else if (kind === "boxes") known.boxes = data.boxes;
  else if (kind === "sight" || kind === "record") known[kind] = data;
  else if (kind === "health" && known.look) known.look.health = data.health ?? data;
  else if (kind === "state") refresh();
  tell(kind, kind === "sketch" ? known.sketch : data);
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function listen() {
  stream?.close();
  stream = new EventSource("/api/events");
  stream.addEventListener("open", refresh);
  stream.addEventListener("error", () => {
    if (stream === null || stream.readyState !== EventSource.CLOSED) return;
    stream.close();
    clearTimeout(again);
    again = setTimeout(listen, AGAIN_MS);
  });
  // Whether the half that speaks is there, and that the session is over: the panel itself tells it.
  stream.addEventListener("house", (event) => {
    const { up } = JSON.parse(event.data);
    lost(!up);
    if (up) refresh();
  });
  stream.addEventListener("over", () => tell("ended"));
  for (const kind of KINDS) {
    stream.addEventListener(kind, (event) => heard(kind, JSON.parse(event.data)));
  }
}

function seen() {
  if (document.visibilityState === "visible") refresh();
}

/** Begin to listen. */
export async function begin() {
  end();
  await refresh();
  listen();
  timer = setInterval(() => {
    if (document.visibilityState === "visible") refresh();
  }, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", seen);
}

/** Stop listening. */
export function end() {
  clearInterval(timer);
  clearTimeout(again);
  stream?.close();
  stream = null;
  document.removeEventListener("visibilitychange", seen);
  lost(false);
}
