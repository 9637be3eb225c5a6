// Goes back to the page by itself when the closed sign is gone.
"use strict";

const PAUSE = 20000;
const card = document.querySelector("[data-back]");

async function isOpenAgain() {
  try {
    const answer = await fetch(card.dataset.back, { method: "HEAD", cache: "no-store", redirect: "manual" });
    return answer.status !== 503;
  } catch {
    return false;
  }
}

async function look() {
  if (document.visibilityState === "visible" && (await isOpenAgain())) {
    window.location.replace(card.dataset.back);
  } else {
    window.setTimeout(look, PAUSE);
  }
}

if (card) {
  window.setTimeout(look, PAUSE);
}
