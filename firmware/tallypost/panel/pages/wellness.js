/** Says in words how the device is, and what to do where it is not well. */

import { count, known as hasWords, say } from "./words.js";

const WARM_C = 70;
const HOT_C = 80;
const FEW_HZ = 8;
const TOO_FEW_HZ = 5;

const LINKS = { mqtt: "MQTT", lorawan: "LoRaWAN" };

const row = (name, state, places = {}) => ({
  name, state, text: say(`${name}.${places.key}`, places), advice: hasWords(`${name}.${places.key}.do`) ? say(`${name}.${places.key}.do`, places) : "",
});

function camera({ state }) {
  const key = hasWords(`camera.${state}`) ? state : "other";
  const well = { watching: "good", starting: "notice" };
  return row("camera", well[state] ?? (key === "other" ? "unknown" : "bad"), { key, state });
}

function clock({ clock: told }) {
  if (!told) return row("clock", "unknown", { key: "unknown" });
  const well = { synced: "good", holdover: "notice" };
  const key = ["synced", "holdover", "unsynced"].includes(told.trust) ? told.trust : "unknown";
  return row("clock", key === "unknown" ? "unknown" : well[key] ?? "bad", { key });
}

function link({ link: told }) {
  if (!told) return row("link", "unknown", { key: "none" });
  if (told.up) return row("link", "good", { key: "up", kind: LINKS[told.kind] ?? told.kind ?? "" });
  return row("link", "bad", { key: "down", detail: told.detail ?? "" });
}

function heat({ health }) {
  const board = health?.board ?? {};
  const warm = board.temperature_c;
  const places = { temperature: warm === undefined ? "" : count(warm, 0) };
  if (board.throttled || warm >= HOT_C) return row("heat", "bad", { key: "hot", ...places });
  if (warm === undefined || warm === null) return row("heat", "unknown", { key: "unknown" });
  if (warm >= WARM_C || board.throttled_since_boot) return row("heat", "notice", { key: "warm", ...places });
  return row("heat", "good", { key: "good", ...places });
}

function power({ health }) {
  const board = health?.board ?? {};
  if (board.under_voltage) return row("power", "bad", { key: "weak" });
  if (board.under_voltage_since_boot) return row("power", "notice", { key: "was_weak" });
  if (board.under_voltage === undefined || board.under_voltage === null) return row("power", "unknown", { key: "unknown" });
  return row("power", "good", { key: "good" });
}

function rate({ rate_hz: hz }) {
  if (hz === null || hz === undefined) return row("rate", "unknown", { key: "unknown" });
  const places = { rate: count(hz) };
  if (hz < TOO_FEW_HZ) return row("rate", "bad", { key: "slow", ...places });
  if (hz < FEW_HZ) return row("rate", "notice", { key: "few", ...places });
  return row("rate", "good", { key: "good", ...places });
}

/** Return a row for each thing that must be well: {name, state, text, advice}. */
export function wellness(look) {
  return [camera, clock, link, heat, power, rate].map((each) => each(look));
}

/** Return the steps of the half hour: {name, done}. */
export function steps(look, aimed) {
  const site = look.site ?? {};
  const drawn = Object.values(site).some((each) => Array.isArray(each) && each.length > 0);
  const counted = Object.values(look.today ?? {}).some((classes) =>
    Object.values(classes).some((ways) => ways.forward + ways.backward > 0)) || Object.keys(look.car_parks ?? {}).length > 0;
  return [
    { name: "aim", done: aimed || Boolean(look.certificate) },
    { name: "draw", done: drawn },
    { name: "count", done: counted },
    { name: "prove", done: (look.accuracy ?? []).length > 0 },
    { name: "accept", done: Boolean(look.certificate) },
  ];
}
