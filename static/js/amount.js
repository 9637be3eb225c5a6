// A large keypad for the amount; without it, the telephone's own digits do.

const form = document.querySelector("[data-amount]");

if (form) {
  const input = form.querySelector("#amount");
  const keypad = form.querySelector(".keypad");

  const digitsOf = (text) => text.normalize("NFKC").replace(/\D/g, "").replace(/^0+/, "").slice(0, 7);

  const show = (digits) => {
    input.value = digits.replace(/\B(?=(\d{3})+$)/g, ",");
  };

  keypad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (!key) return;
    const digits = digitsOf(input.value);
    show(key === "back" ? digits.slice(0, -1) : digitsOf(digits + key));
    input.removeAttribute("aria-invalid");
  });

  // While a Japanese keyboard is composing, the field is not ours to write in.
  input.addEventListener("input", (event) => {
    if (!event.isComposing) show(digitsOf(input.value));
  });
  input.addEventListener("compositionend", () => show(digitsOf(input.value)));

  keypad.hidden = false;
  // Two keypads on one small screen would hide the button.
  if (matchMedia("(pointer: coarse)").matches) input.inputMode = "none";
  show(digitsOf(input.value));
}
