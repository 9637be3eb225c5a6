// The code that is shown to the shop: counts down, renews itself, and goes on when the shop has taken it.

const ASK_EVERY = 1500;
// A scan in flight may still be of the code before: it lives to the end of its minute.
const RENEW_BEFORE = 3;

const root = document.querySelector("[data-code]");
const part = (name) => root.querySelector(`[data-code-${name}]`);
const token = root.querySelector("[name=csrfmiddlewaretoken]").value;

let address = root.dataset.state;
let endsAt = performance.now() + Number(root.dataset.seconds) * 1000;
let lasts = Number(root.dataset.seconds);

async function fetchJson(where, options = {}) {
  const answer = await fetch(where, {
    headers: { Accept: "application/json", "X-CSRFToken": token },
    cache: "no-store",
    signal: AbortSignal.timeout(5000),
    ...options,
  });
  if (answer.redirected) location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function renew() {
  const next = await fetchJson(root.dataset.new, { method: "POST" });
  const picture = new DOMParser().parseFromString(next.picture, "image/svg+xml").documentElement;
  part("picture").replaceChildren(document.importNode(picture, true));
  part("digits").textContent = next.digits;
  address = next.address;
  lasts = next.seconds;
  endsAt = performance.now() + lasts * 1000;
  document.querySelector("#announce").textContent = root.dataset.wordsRenewed;
}

function show() {
  const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
  part("left").textContent = root.dataset.wordsLeft.replace("{seconds}", left);
  part("bar").style.width = `${Math.min(100, (100 * left) / lasts)}%`;
  return left;
}

function say(sentence) {
  const problem = part("problem");
  problem.hidden = !sentence;
  problem.querySelector("span").textContent = sentence;
}

async function look() {
  if (document.hidden) return;
  try {
    const { state, next } = await fetchJson(address);
    if (next) {
      location.assign(next);
      return;
    }
    const isOver = state !== "open" || (endsAt - performance.now()) / 1000 < RENEW_BEFORE;
    if (isOver) await renew();
    say("");
  } catch {
    say(root.dataset.wordsOffline);
  }
}

async function run() {
  setInterval(show, 1000);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
    await look();
  }
}

// A screen that goes dark cannot be scanned.
navigator.wakeLock?.request("screen").catch(() => {});
run();
