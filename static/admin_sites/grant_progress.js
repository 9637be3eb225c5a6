// How far a list of grants is: asks while the page is looked at, and stops when the list is done.

const ASK_EVERY = 2000;
const root = document.querySelector("[data-grant-progress]");
const bar = root.querySelector("progress");
const words = root.querySelector("[data-done]");

async function ask() {
  const answer = await fetch(root.dataset.grantProgress, { cache: "no-store", signal: AbortSignal.timeout(4000) });
  if (!answer.ok || answer.redirected) return false;
  const { done, of, state } = await answer.json();
  bar.value = done;
  words.textContent = `${done.toLocaleString()} / ${of.toLocaleString()}`;
  return state === "running";
}

for (let goesOn = true; goesOn; ) {
  try {
    if (!document.hidden) goesOn = await ask();
  } catch {
    // The next answer is whole again.
  }
  await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
}
