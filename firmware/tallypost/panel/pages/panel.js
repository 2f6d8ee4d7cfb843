/** Begins: takes the code from the address, opens the panel, and shows one screen at a time. */

import { close, Ended, join, Lost, resume } from "./ask.js";
import { announce, button, choice, fill, make } from "./dom.js";
import * as house from "./house.js";
import { icon } from "./icons.js";
import * as accept from "./screen_accept.js";
import * as aim from "./screen_aim.js";
import * as counting from "./screen_count.js";
import * as draw from "./screen_draw.js";
import * as home from "./screen_home.js";
import * as host from "./screen_host.js";
import * as opening from "./screen_open.js";
import * as prove from "./screen_prove.js";
import { LANGUAGES, preferred, say, speak, spoken } from "./words.js";

const SCREENS = { home, aim, draw, count: counting, prove, accept, host };
const main = document.getElementById("main");
let leave = () => null;
let isOpen = false;

/** Return the code of a label's QR, and take it out of the address at once. */
function codeOfAddress() {
  const told = decodeURIComponent(location.hash.slice(1));
  if (!told || Object.hasOwn(SCREENS, told)) return "";
  history.replaceState(null, "", location.pathname);
  return told;
}

function screen() {
  const name = location.hash.slice(1);
  return Object.hasOwn(SCREENS, name) ? name : "home";
}

function show({ focus = true } = {}) {
  if (!isOpen) return;
  leave();
  const name = screen();
  main.className = `screen-${name}`;
  leave = SCREENS[name].show(main);
  head(name);
  document.title = `${main.querySelector("h1").textContent} – ${house.known.look?.device ?? "Tallypost"}`;
  if (focus) {
    window.scrollTo(0, 0);
    main.querySelector("h1").focus();
  }
}

function head(name) {
  const menu = make("details", { class: "menu" }, make("summary", { "aria-label": say("menu.title") }, icon("menu")), make("div", {},
    make("label", {}, say("menu.language"), choice(Object.entries(LANGUAGES), spoken(), language)),
    isOpen && [make("a", { class: "button", href: "#home" }, say("home.title")), make("a", { class: "button", href: "#host" }, say("home.host")),
      button(say("menu.join"), invite), button(say("menu.close"), shut)]));
  fill(document.getElementById("head"),
    isOpen && name !== "home" ? make("a", { class: "square", href: "#home", "aria-label": say("menu.back") }, icon("back")) : make("span", { class: "square" }),
    make("strong", {}, house.known.look?.device ?? "Tallypost"), menu);
}

async function language(wanted) {
  await speak(wanted, { keep: true });
  if (isOpen) show({ focus: false });
  else begin("");
}

async function invite() {
  try {
    const { code } = await house.answered(join());
    const card = opening.joining(code, () => card.remove());
    main.prepend(card);
    window.scrollTo(0, 0);
    card.querySelector("button").focus();
  } catch (error) {
    if (!(error instanceof Ended)) announce(error instanceof Lost ? say("lost.short") : error.message);
  }
}

async function shut() {
  await close().catch(() => null);
  over("closed");
}

/** Show that the session is over, and let it be opened again. */
function over(reason) {
  if (!isOpen) return;
  isOpen = false;
  house.end();
  prove.forget();
  if (reason === "closed") draw.forget();
  begin("", reason);
}

function begin(code, reason = null) {
  leave();
  main.className = "screen-open";
  head("open");
  leave = opening.show(main, { code, reason, entered });
  main.querySelector(reason ? "h1" : "input").focus();
}

async function entered() {
  await house.begin();
  if (!house.known.look) {
    fill(main, make("h1", { tabindex: -1 }, say("lost.title")), make("p", {}, say("lost.wait")));
    await new Promise((done) => house.news.addEventListener("look", done, { once: true }));
  }
  isOpen = true;
  show();
}

function banner() {
  const expected = performance.now() < house.known.restartUntil;
  const told = house.known.lost && [icon("notice"), " ", say(expected ? "lost.expected" : draw.unsaved() ? "lost.unsaved" : "lost.banner")];
  fill(document.getElementById("banner"), told || null);
}

house.hear({ lost: banner, ended: () => over("ended") });
window.addEventListener("hashchange", () => {
  const code = codeOfAddress();
  if (code && !isOpen) begin(code);
  else show();
});
document.addEventListener("click", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (menu && (!menu.contains(event.target) || event.target.closest("a, button"))) menu.removeAttribute("open");
});

const code = codeOfAddress();
await speak(preferred());
if (!code && (await resume().catch(() => false))) entered();
else begin(code);
