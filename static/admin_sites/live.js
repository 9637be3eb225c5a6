// The shop's live list: asks for today's picture and shows what has changed in it.
// Every answer is whole, so a lost one is made good by the next.

import { allowSound, beep } from "./sound.js";

const ASK_EVERY = 1500;
const GIVE_UP_AFTER = 4000;

const root = document.querySelector("[data-live]");
const part = (name) => root.querySelector(`[data-live-${name}]`);
const words = root.dataset;

let mark = "";
let lastAt = "";
let known = null;

async function ask() {
  try {
    const answer = await fetch(address(), {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(GIVE_UP_AFTER),
    });
    if (answer.redirected || answer.status === 403) return say(words.wordsSignedOut, true);
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.json());
  } catch {
    say(words.wordsLost.replace("{time}", lastAt || "–"), true);
  }
}

function address() {
  const query = new URLSearchParams({ after: mark });
  const till = part("till")?.value;
  if (till) query.set("till", till);
  return `${words.address}?${query}`;
}

function show(picture) {
  lastAt = picture.at;
  say(words.wordsCurrent.replace("{time}", picture.at), false);
  if (!picture.payments) return;
  mark = picture.mark;
  part("net").textContent = picture.net;
  part("count").textContent = picture.count.toLocaleString();
  part("refunded").textContent = picture.refunded || "–";
  showPayments(picture.payments);
  part("words").replaceChildren(...picture.words.map(wordLine));
}

function showPayments(payments) {
  const fresh = known ? payments.filter((payment) => known.get(payment.id) !== payment.status) : [];
  part("list").replaceChildren(...payments.map((payment) => line(payment, fresh.includes(payment))));
  part("empty").hidden = payments.length > 0;
  known = new Map(payments.map((payment) => [payment.id, payment.status]));
  if (fresh.length) announce(fresh[0]);
}

function line(payment, isFresh) {
  const link = element("a", "live-line");
  link.href = payment.url;
  link.append(
    element("span", "live-amount", payment.amount),
    element("span", `house-tag house-tag-${payment.tone}`, payment.status),
    element("span", "live-time", payment.time),
    element("span", "live-till", payment.till),
    element("span", "live-number", payment.number),
  );
  if (payment.refunded) link.append(element("span", "live-refunded", payment.refunded));
  const item = element("li", isFresh ? "live-fresh" : "");
  item.append(link);
  return item;
}

function wordLine({ till, word }) {
  const pair = element("div");
  pair.append(element("dt", "", till), element("dd", "", word));
  return pair;
}

function announce(payment) {
  part("announcement").textContent = `${words.wordsNew} ${payment.amount} ${payment.status} ${payment.till}`;
  if (part("sound").checked) beep(payment.tone === "success");
}

function say(sentence, isBad) {
  const state = part("state");
  state.classList.toggle("live-state-bad", isBad);
  // A screen reader is told of a loss and of its end, not of every tick of the clock.
  state.setAttribute("aria-live", isBad ? "polite" : "off");
  if (state.textContent !== sentence) state.textContent = sentence;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function remember(control, key, read, write) {
  if (!control) return;
  const kept = localStorage.getItem(key);
  if (kept !== null) write(kept);
  control.addEventListener("change", () => localStorage.setItem(key, read()));
}

async function run() {
  const till = part("till");
  const sound = part("sound");
  remember(till, "live-till", () => till.value, (kept) => {
    if ([...till.options].some((option) => option.value === kept)) till.value = kept;
  });
  remember(sound, "live-sound", () => (sound.checked ? "on" : ""), (kept) => (sound.checked = kept === "on"));
  till?.addEventListener("change", () => {
    mark = "";
    known = null;
    ask();
  });
  // A browser lets a page make sound only after it has been touched.
  document.addEventListener("pointerdown", allowSound, { once: true });
  for (;;) {
    await ask();
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
  }
}

run();
