// @ts-check
/** Who reads this page, by id; empty where nobody signs in. What is kept in the browser is kept for them alone. */

export const person = document.documentElement.dataset.person ?? "";
