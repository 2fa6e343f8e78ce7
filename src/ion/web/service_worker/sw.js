// @ts-check
/**
 * Keeps ION readable without a connection: its own files, and copies of the pages that were read.
 * A script of its own at /sw.js, so that it may serve every page.
 */

/** Filled in by the server, so that this text changes, and browsers install it anew, whenever one of them does. */
const SHELL = { version: "", revision: "", files: [""] };

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const FILES = "ion-static-";
const OWN_FILES = FILES + SHELL.version;
const PAGES = "ion-pages";
/** Whom a page was made for. */
const PERSON = "ION-Person";
const MOST_CONVERSATIONS = 50;
/** What the server varies its answers by, a copy is one of: there is one reader to a browser. */
const ALIKE = { ignoreVary: true };
/** With these in its address a page is still the same page. */
const CHOICES = ["lang", "theme", "read"];
const FOR_PROGRAMS = /^\/(api|v1|metrics)\b/;

/** Counts what is asked for and forgotten, so that an answer that took long replaces nothing newer. */
let asked = 0;
/** When something was forgotten last: what was on its way here then is not kept after that. */
let forgotten = 0;
/** When the copy of each page was asked for. @type {Map<string, number>} */
const askedFor = new Map();

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => event.waitUntil(obey(event.data)));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || FOR_PROGRAMS.test(url.pathname)) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(visited(event, pageAt(url)));
  else if (pageAt(url)) event.respondWith(fetched(event, pageAt(url)));
});

/**
 * A new worker takes over at once, under pages that came with older files. That is safe: a page asks for files by
 * their version, each version has a cache of its own, and nothing else here depends on the version.
 */
async function install() {
  const cache = await caches.open(OWN_FILES);
  // Without cookies, so that asking in a language does not choose it.
  const offline = ["ko", "en"].map((language) => new Request(offlineIn(language), { credentials: "omit", cache: "no-store" }));
  await cache.addAll([...SHELL.files, ...offline]);
  // ION can be installed where the start page cannot be kept, for instance before signing in.
  await keep("/").catch(() => {});
  await worker.skipWaiting();
}

async function activate() {
  await dropOldFiles();
  // The page is asked for while the worker still starts.
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

/** Older files stay as long as a kept page was made with them: it would have no looks and no scripts without. */
async function dropOldFiles() {
  const old = (await caches.keys()).filter((name) => name.startsWith(FILES) && name !== OWN_FILES);
  if (!old.length) return;
  const kept = await (await caches.open(PAGES)).matchAll();
  const pages = await Promise.all(kept.map((page) => page.text()));
  const unused = old.filter((name) => !pages.some((page) => page.includes(`/static/${name.slice(FILES.length)}/`)));
  await Promise.all(unused.map((name) => caches.delete(name)));
}

/** @param {{ type?: string, path?: string } | null} order */
async function obey(order) {
  const page = pageAt(new URL(order?.path ?? "", location.origin));
  if (order?.type === "keep" && page) await keep(page).catch(() => {});
  if (order?.type === "forget" && page) await forget(page);
  if (order?.type === "forget-all") await forgetAll();
}

/** @param {Request} request */
async function file(request) {
  return (await caches.match(request, ALIKE)) ?? fetch(request);
}

/**
 * A page that somebody goes to: the server's, else the copy, else a page that says why there is none.
 * @param {FetchEvent} event
 * @param {string | null} page
 */
async function visited(event, page) {
  try {
    return await fetched(event, page);
  } catch {
    return (page && (await (await caches.open(PAGES)).match(page, ALIKE))) || offlinePage();
  }
}

/**
 * The server's answer. Where a script asked for it, it must not take an old copy for it.
 * @param {FetchEvent} event
 * @param {string | null} page
 */
async function fetched(event, page) {
  const order = ++asked;
  const preloaded = /** @type {Response | undefined} */ (await event.preloadResponse);
  const response = preloaded ?? (await fetch(event.request));
  event.waitUntil(page ? remember(page, response.clone(), order) : leaveTo(response.headers.get(PERSON)));
  return response;
}

/** @param {string} page */
async function keep(page) {
  const order = ++asked;
  await remember(page, await fetch(page), order);
}

/**
 * Keep the newest copy of a page, or none where the page is gone.
 * @param {string} page
 * @param {Response} response
 * @param {number} order when it was asked for
 */
async function remember(page, response, order) {
  if (response.status === 404 || response.status === 410) return forget(page);
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  // Where it was led to is another page, such as the one to sign in at.
  if (!response.ok || response.redirected || !isPage || order < forgotten) return;
  await leaveTo(response.headers.get(PERSON));
  if (order < (askedFor.get(page) ?? 0)) return;
  askedFor.set(page, order);
  const pages = await caches.open(PAGES);
  await pages.put(page, response);
  // The oldest copy comes first.
  const conversations = (await pages.keys()).filter((kept) => new URL(kept.url).pathname.startsWith("/c/"));
  await Promise.all(conversations.slice(0, -MOST_CONVERSATIONS).map((kept) => pages.delete(kept, ALIKE)));
}

/**
 * All copies are one person's: where somebody else has signed in, they are dropped.
 * @param {string | null} person who the server has answered; null where that cannot be said
 */
async function leaveTo(person) {
  if (!person) return;
  const pages = await caches.open(PAGES);
  const [first] = await pages.keys();
  const kept = first && (await pages.match(first, ALIKE));
  if (kept && kept.headers.get(PERSON) !== person) await forgetAll();
}

/** @param {string} page */
async function forget(page) {
  forgotten = ++asked;
  await (await caches.open(PAGES)).delete(page, ALIKE);
}

async function forgetAll() {
  forgotten = ++asked;
  await caches.delete(PAGES);
}

/** In the language of the page that was read last. */
async function offlinePage() {
  const pages = await caches.open(PAGES);
  const newest = (await pages.matchAll()).at(-1)?.headers.get("Content-Language");
  const language = newest ?? (navigator.language.startsWith("ko") ? "ko" : "en");
  return (await (await caches.open(OWN_FILES)).match(offlineIn(language), ALIKE)) ?? Response.error();
}

/** @param {string} language */
function offlineIn(language) {
  return `/offline?lang=${language}`;
}

/**
 * The path of a page that may be kept; a part of a page, a search or a stream is none.
 * @param {URL} url
 */
function pageAt({ pathname, searchParams }) {
  const isSame = [...searchParams.keys()].every((name) => CHOICES.includes(name));
  return isSame && /^\/(mentors|c\/[^/]+)?$/.test(pathname) ? pathname : null;
}
