// The table: its head, and as many rows as have been scrolled to.
const CHUNK = 100;
const head = document.querySelector("#cases thead");
const body = document.querySelector("#cases tbody");
const watcher = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && buildRows(body.rows.length + CHUNK));

/** Show the cases anew, from the top. */
function showCases() {
  arrange();
  body.replaceChildren();
  byId("scroll").scrollTop = 0;
  buildHead();
  buildRows(CHUNK);
  byId("cases").setAttribute("aria-rowcount", state.shown.length + 1);
  byId("count").textContent = `${state.shown.length} of ${report.cases.length} shown`;
  byId("sort").value = state.sort;
  byId("direction").textContent = orderInWords();
  for (const button of byId("statuses").children) button.setAttribute("aria-pressed", button.value === state.status);
}

/** The measures in the table; the one that it is sorted by is always there. */
function columnsShown() {
  const extra = Number.isInteger(state.sort) && !state.columns.includes(state.sort);
  return extra ? [...state.columns, state.sort] : state.columns;
}

function buildHead() {
  const measures = columnsShown().map((index) => buildHeader(index, nameOf(report.columns[index])));
  head.replaceChildren(
    element("tr", {}, element("th", { scope: "col" }, "picture"), buildHeader(NAME, "case"), buildHeader(WORST, "result"), measures),
  );
}

function buildHeader(key, label) {
  const isSorted = state.sort === key;
  // measures start with the largest, the other two with the first
  const isAscending = (typeof key === "string") !== state.isReversed;
  const order = isSorted ? (isAscending ? "ascending" : "descending") : null;
  const button = element("button", { class: "plain", onclick: () => sortBy(key) }, label);
  return element("th", { scope: "col", class: typeof key === "string" ? null : "number", "aria-sort": order }, button);
}

/** Build the rows up to a place, and watch for the end to come near. */
function buildRows(end) {
  watcher.disconnect();
  const columns = columnsShown();
  const first = body.rows.length;
  const rows = state.shown.slice(first, end).map((item, offset) => buildRow(item, first + offset, columns));
  body.append(...rows);
  const missing = state.shown.length - body.rows.length;
  byId("rest").textContent = missing ? `${missing} more below` : state.shown.length ? "" : "no case has all of this";
  if (missing) watcher.observe(byId("ahead"));
}

function buildRow(item, place, columns) {
  item.row = element(
    "tr",
    { "aria-rowindex": place + 2, "aria-current": item === state.current ? "true" : null },
    element("td", { class: "picture" }, buildThumbnail(item)),
    element("th", { scope: "row" }, element("a", { href: addressOf(item) }, item.id), element("small", {}, item.path)),
    element("td", { class: "result" }, statusOf(item), " ", reasonsOf(item), item.message && element("small", { title: item.message }, item.message)),
    columns.map((index) => buildNumber(item.values[index], report.columns[index])),
  );
  return item.row;
}

/** A cell; narrow screens show its label and its unit with it. */
function buildNumber(text, { label, unit }) {
  return element("td", { class: text === null ? "number none" : "number", "data-label": label, "data-unit": unit }, text ?? "–");
}

function buildThumbnail(item) {
  if (!item.thumbnail) return "";
  const image = element("img", { src: item.thumbnail, alt: `picture of ${item.id}`, loading: "lazy" });
  return element("a", { href: picturesOf(item)[0].address, onclick: (event) => openInPage(event, item) }, image);
}

/** Sort by a measure, by name or by rank; once more: the other way round. */
function sortBy(key) {
  state.isReversed = state.sort === key && !state.isReversed;
  state.sort = key;
  showCases();
}

function showColumn(index, isShown) {
  state.columns = [...report.columns.keys()].filter((each) => (each === index ? isShown : state.columns.includes(each)));
  showCases();
}

/** Look at a case: mark it in the table and in the distributions. */
function choose(item) {
  state.current?.row?.removeAttribute("aria-current");
  state.current = item;
  item.row?.setAttribute("aria-current", "true");
  markTiles();
}

/** Bring the case that is looked at into sight, with the focus on it. */
function revealCurrent() {
  const place = state.shown.indexOf(state.current);
  if (place < 0) return;
  if (place >= body.rows.length) buildRows(place + CHUNK);
  body.rows[place].querySelector("th a").focus({ preventScroll: true });
  body.rows[place].scrollIntoView({ block: "nearest" });
}
