// @ts-check
/** Moves an invitation's secret from the address, where a glance or a bookmark would find it, into the form. */

const secret = location.hash.slice(1);
const field = document.getElementById("secret");
if (secret && field instanceof HTMLInputElement) {
  field.value = secret;
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("name")?.focus();
}
