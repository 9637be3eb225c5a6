// Waits with the shop for the customer's answer, or for the check, and shows what came of it.

const root = document.querySelector("[data-taken]");

async function isOver() {
  const answer = await fetch(root.dataset.taken, {
    headers: { Accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.timeout(4000),
  });
  if (answer.redirected) return true;
  return answer.ok && (await answer.json()).state !== root.dataset.state;
}

if (root?.dataset.waiting) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (await isOver().catch(() => false)) break;
  }
  location.reload();
}
