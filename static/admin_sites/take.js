// The customer's code at the shop: read by the camera, or typed.

import { canScan, scan } from "../js/scanner.js";

const root = document.querySelector("[data-take]");
const form = root.querySelector("form");
const start = root.querySelector("[data-take-start]");
const problem = root.querySelector("[data-take-problem]");
const video = root.querySelector("video");
const till = form.elements.till;

// What the address or the form sent before has chosen stands; else it is the till of the last time.
const kept = localStorage.getItem("take-till");
const isOffered = [...till.options].some((option) => option.value === kept);
if (!("chosen" in root.dataset) && isOffered) till.value = kept;
till.addEventListener("change", () => localStorage.setItem("take-till", till.value));

start.hidden = !canScan();
start.addEventListener("click", async () => {
  problem.hidden = true;
  start.hidden = true;
  try {
    await scan(video, (text) => {
      form.elements.code.value = text;
      start.hidden = false;
      // With an amount there is nothing left to ask; without one the person types it.
      if (form.elements.amount.value) form.requestSubmit();
      else form.elements.amount.focus();
      return true;
    });
  } catch {
    start.hidden = false;
    problem.hidden = false;
  }
});
