// A letter's QR carries its code behind the #, which never reaches a server's log: it is put into the field here.

const field = document.querySelector("[data-code]");
const code = decodeURIComponent(window.location.hash.slice(1)).replace(/[^0-9A-Za-z]/g, "");

if (field && code && !field.value) {
  field.value = code.match(/.{1,4}/g).join("-");
  history.replaceState(null, "", window.location.pathname + window.location.search);
}
