// One press is enough: the button says what it is doing, and a second press is not sent.
// The server would make one payment of them all the same.

for (const form of document.querySelectorAll("[data-once]")) {
  let isSent = false;
  form.addEventListener("submit", (event) => {
    if (isSent) {
      event.preventDefault();
      return;
    }
    isSent = true;
    const button = form.querySelector("[data-busy]");
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy;
    document.querySelector("#announce").textContent = button.dataset.busy;
  });
}

// Coming back to a page that the browser has kept: ask whether it was paid in the meantime.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
