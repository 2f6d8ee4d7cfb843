/** Asks the device, over the panel's own server and nobody else's. */

const TIMEOUT_MS = 15_000;
let csrf = "";

/** The device cannot be reached just now, or asks for patience. */
export class Lost extends Error {}
/** This phone's session is over. */
export class Ended extends Error {}
/** The device will not, and says why. */
export class Refused extends Error {
  constructor(faults) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

async function call(path, method, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json", "X-Tallypost": csrf },
      body: method === "POST" ? JSON.stringify(body ?? {}) : undefined,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new Lost(path);
  }
  const told = await answer.json().catch(() => ({}));
  return { status: answer.status, told };
}

function judged({ status, told }) {
  if (status === 401) throw new Ended();
  if (status >= 500 || status === 429) throw new Lost(String(status));
  if (status >= 400 || told.ok === false) throw new Refused(told.faults ?? [told.sentence ?? String(status)]);
  return told;
}

/** Return how the device took a code: its status, and what it says to it. */
export async function open(code) {
  const answer = await call("/api/open", "POST", { code });
  if (answer.status >= 500) throw new Lost(String(answer.status));
  if (answer.status === 200) csrf = answer.told.csrf;
  return answer;
}

/** Return whether this browser has a session still: so it is after a page was loaded anew. */
export async function resume() {
  const { status, told } = await call("/api/session", "GET");
  if (status !== 200 || typeof told.csrf !== "string") return false;
  csrf = told.csrf;
  return true;
}

/** Return a one-time code for another phone. */
export async function join() {
  return judged(await call("/api/join", "POST"));
}

/** End the session. */
export async function close() {
  await call("/api/close", "POST");
  csrf = "";
}

/**
 * Return what the device answers to a question.
 *
 * Throws Lost, Ended or Refused.
 */
export async function ask(word, places = {}) {
  return judged(await call(`/api/ask/${word}`, "POST", places));
}
