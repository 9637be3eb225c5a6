// Shows a prepared message in its fields, so that it can be changed before it is used.
"use strict";

const chosen = document.querySelector("[data-prepared]");
const texts = JSON.parse(document.getElementById("prepared-texts").textContent);

chosen.addEventListener("change", () => {
  const text = texts[chosen.value];
  if (text) {
    document.getElementById("id_message").value = text.ja;
    document.getElementById("id_message_en").value = text.en;
  }
});
