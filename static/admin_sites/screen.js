// The big screen at a till: the newest payment as large as the tablet, and honest about its connection.

import { allowSound, beep } from "./sound.js";

const ASK_EVERY = 1000;
const GIVE_UP_AFTER = 4000;
// After this the large amount is the last customer's, and says so.
const FRESH_FOR = 45_000;
const SHOWN = 6;

const root = document.querySelector("[data-screen]");
const part = (name) => root.querySelector(`[data-screen-${name}]`);
const words = root.dataset;

let mark = "";
let lastAt = "";
let known = null;
let newest = null;
let shownAt = 0;
let isLoud = localStorage.getItem("screen-sound") === "on";

async function ask() {
  try {
    const answer = await fetch(`${words.address}&after=${mark}`, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(GIVE_UP_AFTER),
    });
    if (answer.redirected || answer.status === 403) return say(words.wordsSignedOut, true);
    if (!answer.ok) throw new Error(String(answer.status));
    const picture = await answer.json();
    lastAt = picture.at;
    say(words.wordsCurrent.replace("{time}", picture.at), false);
    if (picture.payments) show(picture);
  } catch {
    say(words.wordsLost.replace("{time}", lastAt || "–"), true);
  }
}

function show(picture) {
  mark = picture.mark;
  const fresh = known ? picture.payments.filter((payment) => known.get(payment.id) !== payment.status) : [];
  known = new Map(picture.payments.map((payment) => [payment.id, payment.status]));
  part("word").textContent = picture.words[0]?.word ?? "–";
  part("count").textContent = picture.count.toLocaleString();
  part("net").textContent = picture.net;
  part("list").replaceChildren(...picture.payments.slice(0, SHOWN).map(line));
  newest = fresh[0] ?? picture.payments[0] ?? null;
  if (fresh.length) {
    shownAt = Date.now();
    if (isLoud) beep(newest.tone === "success");
    part("announcement").textContent = `${newest.amount} ${newest.status}`;
  }
  showNewest();
}

function showNewest() {
  const isFresh = newest && Date.now() - shownAt < FRESH_FOR;
  const box = part("newest");
  box.className = `screen-newest ${isFresh ? `screen-${newest.tone}` : "screen-quiet"}`;
  part("title").textContent = isFresh ? newest.status : words.wordsWaiting;
  part("amount").textContent = isFresh ? newest.amount : "";
  part("when").textContent = isFresh ? `${newest.time} ${newest.number}` : "";
}

function line(payment) {
  const item = document.createElement("li");
  for (const text of [payment.time, payment.amount, payment.status]) {
    const piece = document.createElement("span");
    piece.textContent = text;
    item.append(piece);
  }
  return item;
}

function say(sentence, isBad) {
  const state = part("state");
  state.classList.toggle("screen-state-bad", isBad);
  root.classList.toggle("screen-lost", isBad);
  state.setAttribute("aria-live", isBad ? "assertive" : "off");
  if (state.textContent !== sentence) state.textContent = sentence;
  // A word that may be of another minute proves nothing.
  if (isBad) {
    part("word").textContent = "–";
    mark = "";
  }
}

function showSound() {
  const button = part("sound");
  button.setAttribute("aria-pressed", String(isLoud));
  button.textContent = isLoud ? words.wordsSoundOn : words.wordsSoundOff;
}

async function stayAwake() {
  if (!document.hidden) await navigator.wakeLock?.request("screen").catch(() => {});
}

part("sound").addEventListener("click", () => {
  isLoud = !isLoud;
  localStorage.setItem("screen-sound", isLoud ? "on" : "");
  showSound();
  allowSound();
  if (isLoud) beep(true);
});
part("full").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
});
// Turned away from, the lock is gone; come back, it is asked for again.
document.addEventListener("visibilitychange", stayAwake);
document.addEventListener("pointerdown", allowSound, { once: true });

showSound();
stayAwake();
setInterval(showNewest, 1000);
for (;;) {
  await ask();
  await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
}
