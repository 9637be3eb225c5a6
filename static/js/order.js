// An order that waits for something shows by itself when it has come.
const PAUSE = 10_000;
const order = document.querySelector("[data-state]");

async function look() {
  try {
    const answer = await fetch(order.dataset.state, { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).status !== order.dataset.now) {
      location.reload();
      return;
    }
  } catch {
    // No connection at the moment; the next round asks again.
  }
  setTimeout(look, PAUSE);
}

if (order) setTimeout(look, PAUSE);
