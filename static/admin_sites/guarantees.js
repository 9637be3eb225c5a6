// What the regions guarantee now: asks for the figures and shows what has changed in them.
// Every answer is whole, so a lost one is made good by the next.

const ASK_EVERY = 3000;
const GIVE_UP_AFTER = 4000;
const TONES = ["house-ok", "house-warn", "house-bad"];

const root = document.querySelector("[data-guarantees]");
const state = root.querySelector("[data-guarantees-state]");
const words = root.dataset;

let mark = "";
let lastAt = "";

async function ask() {
  try {
    const answer = await fetch(`${words.address}?${new URLSearchParams({ after: mark })}`, {
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

function show(picture) {
  lastAt = picture.at;
  say(words.wordsCurrent.replace("{time}", picture.at), false);
  mark = picture.mark;
  for (const { region, figures } of picture.rows ?? []) showRegion(region, figures);
}

function showRegion(region, figures) {
  const cells = root.querySelectorAll(`[data-region="${region}"] [data-figure]`);
  cells.forEach((cell, position) => {
    const { value, tone } = figures[position];
    const text = cell.matches("[data-value]") ? cell : cell.querySelector("[data-value]");
    if (text.textContent !== value) text.textContent = value;
    cell.classList.remove(...TONES);
    if (tone) cell.classList.add(`house-${tone}`);
  });
}

function say(sentence, isBad) {
  state.classList.toggle("live-state-bad", isBad);
  // A screen reader is told of a loss and of its end, not of every tick of the clock.
  state.setAttribute("aria-live", isBad ? "polite" : "off");
  if (state.textContent !== sentence) state.textContent = sentence;
}

async function run() {
  for (;;) {
    // Nobody looks at a page in the background, and when it comes back it asks at once.
    if (!document.hidden) await ask();
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
  }
}

document.addEventListener("visibilitychange", () => document.hidden || ask());
run();
