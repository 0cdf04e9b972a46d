// The controls and the keys, and the start of it all.
const KEYS = { j: () => step(1), k: () => step(-1), p: turnPicture, "/": () => byId("find").select(), "?": () => byId("help").showModal() };
const KEYS_OF_TABLE = { ArrowDown: KEYS.j, ArrowUp: KEYS.k, Enter: () => state.current && openCard(state.current) };
const KEYS_OF_DIALOGS = { ArrowRight: KEYS.j, ArrowLeft: KEYS.k };

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  if (event.target.matches("input, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const isOwn = event.key === "Enter" && event.target.matches("a, button, summary");
  const isOpen = card.open || viewer.open;
  const action = isOwn ? null : { ...KEYS, ...(isOpen ? KEYS_OF_DIALOGS : KEYS_OF_TABLE) }[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function buildControls() {
  const counts = { "": report.cases.length, ...report.statuses };
  const buttons = Object.entries(counts).map(([status, cases]) =>
    element("button", { value: status, onclick: () => filterBy({ status }) }, status || "all", " ", element("b", {}, cases)),
  );
  byId("statuses").append(...buttons);
  const reasons = Object.values(report.reasons).map(({ words, meaning, count: cases }) =>
    element("button", { class: "plain", title: meaning, onclick: () => filterByText(words) }, words, " ", element("b", {}, cases)),
  );
  byId("reasons").append(...reasons);
  const option = (value, text) => element("option", { value }, text);
  const groups = [...parts].map(([label, indices]) =>
    element("optgroup", { label }, indices.map((index) => option(index, `${report.columns[index].label} ${report.columns[index].unit}`))),
  );
  byId("sort").append(option(WORST, "by result"), option(NAME, "by case"), ...groups);
}

function filterBy(change) {
  Object.assign(state, change);
  showCases();
}

/** Find a text, or everything again if it is there already. */
function filterByText(text) {
  const field = byId("find");
  field.value = field.value === text ? "" : text;
  readText();
}

function readText() {
  filterBy({ words: byId("find").value.toLowerCase().split(/\s+/).filter(Boolean) });
}

buildControls();
document.addEventListener("keydown", press);
byId("find").addEventListener("input", readText);
byId("sort").addEventListener("change", ({ target }) => sortBy(/^\d+$/.test(target.value) ? Number(target.value) : target.value));
byId("direction").addEventListener("click", () => sortBy(state.sort));
byId("ask").addEventListener("click", KEYS["?"]);
byId("distributions").addEventListener("toggle", buildTiles, { once: true });
byId("help").querySelector("button").addEventListener("click", () => byId("help").close());
for (const dialog of [card, viewer]) dialog.addEventListener("close", leave);
addEventListener("hashchange", followAddress);
addEventListener("beforeprint", () => buildRows(state.shown.length));
byId("page").hidden = false;
showCases();
followAddress();
