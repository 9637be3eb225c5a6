// A payment's page: waits for the outcome while it is being checked, then proves that it is no picture.

const POLL = 1000;
const PATIENT_POLL = 3000;
const PATIENT_AFTER = 60_000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function fetchJson(address) {
  const answer = await fetch(address, {
    headers: { Accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.timeout(5000),
  });
  // Signed out in the meantime: the page itself leads to the sign-in.
  if (answer.redirected) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function isStillBeingChecked(address) {
  const offline = document.querySelector("[data-offline]");
  try {
    const { is_checking: isChecking } = await fetchJson(address);
    offline.hidden = true;
    return isChecking;
  } catch {
    offline.hidden = false;
    return true;
  }
}

async function waitForOutcome() {
  const address = document.querySelector("[data-poll]")?.dataset.poll;
  if (!address) return;
  const begun = Date.now();
  do {
    await pause(Date.now() - begun < PATIENT_AFTER ? POLL : PATIENT_POLL);
  } while (await isStillBeingChecked(address));
  await showOutcome();
}

async function showOutcome() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = page.title;
    document.querySelector("#main").replaceChildren(...page.querySelector("#main").childNodes);
  } catch {
    location.reload();
    return;
  }
  const heading = document.querySelector("h1");
  const amount = document.querySelector(".outcome-amount");
  document.querySelector("#announce").textContent = [heading, amount].map((part) => part?.textContent ?? "").join(" ");
  scrollTo(0, 0);
  heading.focus({ preventScroll: true });
  prove();
}

function prove() {
  const proof = document.querySelector("[data-proof]");
  if (!proof) return;
  const word = proof.querySelector(".proof-word");
  const clock = proof.querySelector("time");
  const until = Date.parse(proof.dataset.until);
  const format = new Intl.DateTimeFormat("ja-JP", { timeZone: proof.dataset.tz, timeStyle: "medium", hourCycle: "h23" });
  // The server's clock: many telephones have their own idea of the time.
  let ahead = Date.parse(proof.dataset.now) - Date.now();
  let known = minuteOf(Date.now() + ahead);

  async function renew(minute) {
    known = minute;
    try {
      const answer = await fetchJson(proof.dataset.proof);
      ahead = Date.parse(answer.now) - Date.now();
      word.textContent = answer.word;
      // Given back in the meantime, or too old: nothing to prove any more.
      if (!answer.word) location.reload();
    } catch {
      // A word that may be of another minute proves nothing.
      word.textContent = "…";
      known = 0;
    }
  }

  const ticking = setInterval(() => {
    const now = Date.now() + ahead;
    if (now >= until) {
      clearInterval(ticking);
      location.reload();
      return;
    }
    clock.textContent = format.format(now);
    if (minuteOf(now) !== known) renew(minuteOf(now));
  }, 1000);
}

function minuteOf(milliseconds) {
  return Math.floor(milliseconds / 60_000);
}

prove();
waitForOutcome();
