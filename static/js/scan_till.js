// The camera on the page where a till is chosen: what it reads goes where a typed code goes.

import { canScan, scan } from "./scanner.js";

const root = document.querySelector("[data-scan]");
const form = document.querySelector("[data-scan-form]");
const problem = root.querySelector("[data-scan-problem]");
const video = root.querySelector("[data-scan-picture]");

if (canScan()) {
  root.hidden = false;
  root.querySelector("[data-scan-start]").addEventListener("click", start);
}

async function start(event) {
  const button = event.currentTarget;
  button.hidden = true;
  problem.hidden = true;
  try {
    await scan(video, (text) => {
      form.elements.code.value = text;
      form.submit();
      return true;
    });
  } catch {
    button.hidden = false;
    problem.textContent = problem.dataset.wordsRefused;
    problem.hidden = false;
  }
}
