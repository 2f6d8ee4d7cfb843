/** Says everything in the language of whoever reads. */

export const LANGUAGES = { en: "English", de: "Deutsch", fr: "Français", es: "Español", nl: "Nederlands" };
const KEPT = "language";
let words = {};
let language = "en";

/** Return the language that was chosen here, or the browser's first that we speak. */
export function preferred() {
  let kept = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
  const wanted = [kept, ...navigator.languages.map((each) => each.slice(0, 2).toLowerCase())];
  return wanted.find((each) => each !== null && Object.hasOwn(LANGUAGES, each)) ?? "en";
}

/** Speak a language from now on. */
export async function speak(wanted, { keep = false } = {}) {
  const answer = await fetch(`words/${wanted}.json`);
  words = await answer.json();
  language = wanted;
  document.documentElement.lang = wanted;
  if (!keep) return;
  try {
    localStorage.setItem(KEPT, wanted);
  } catch {
    // As above.
  }
}

export function spoken() {
  return language;
}

/** Return whether there are words for a key that came from outside. */
export function known(key) {
  return Object.hasOwn(words, key);
}

/** Return the words for a key, its {places} filled with numbers and texts. */
export function say(key, places = {}) {
  if (!known(key)) return key;
  return words[key].replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(places, name) ? told(places[name]) : whole);
}

function told(value) {
  return typeof value === "number" ? count(value, Math.abs(value) < 1 ? 3 : 1) : String(value);
}

/** Return a number as it is written here. */
export function count(value, digits = 1) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

/** Return a share of 1 in percent, its sign included where it may have one. */
export function percent(share, signed = false) {
  return new Intl.NumberFormat(language, {
    style: "percent", maximumFractionDigits: 1, signDisplay: signed ? "exceptZero" : "auto",
  }).format(share);
}

/** Return a moment, seconds since 1970, as date and time of the phone's own zone. */
export function moment(utcS) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(utcS * 1000);
}

/** Return the hour of a moment. */
export function hour(text) {
  return new Intl.DateTimeFormat(language, { hour: "numeric", day: "numeric", month: "short" }).format(new Date(text));
}

/** Return a duration as minutes:seconds. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Return a sentence of the device's in this language; in its own English where we have no words for it. */
export function sentence(room, { sentence_key: key, sentence_args: places = {}, sentence: english = "" }) {
  const name = places.class_name && className(places.class_name);
  return key && known(`${room}.${key}`) ? say(`${room}.${key}`, { ...places, class_name: name }) : english;
}

/** Return what a class of the detector is called; its own name where we know no other. */
export function className(name) {
  const key = `class.${name}`;
  return known(key) ? words[key] : name;
}
