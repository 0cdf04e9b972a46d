// The card of a case, the viewer of its pictures, and the address that leads to a case.
const card = byId("card");
const viewer = byId("viewer");

function addressOf(item) {
  return `#${new URLSearchParams({ case: item.id })}`;
}

/** Let the address tell which case is looked at, without another entry in the history. */
function tellAddress(item) {
  history.replaceState(null, "", item ? addressOf(item) : location.href.split("#")[0]);
}

function followAddress() {
  const id = new URLSearchParams(location.hash.slice(1)).get("case");
  const item = report.cases.find((each) => each.id === id);
  if (item) openCard(item);
  else for (const dialog of [viewer, card]) dialog.close();
}

function openCard(item) {
  choose(item);
  tellAddress(item);
  fillCard(item);
  if (!card.open) card.showModal();
  card.scrollTop = 0;
}

function openViewer(item) {
  choose(item);
  tellAddress(item);
  fillViewer(item);
  if (!viewer.open) viewer.showModal();
}

/** Show a picture within the page, unless a new tab or window was asked for. */
function openInPage(event, item, ending = null) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  state.ending = ending;
  openViewer(item);
}

/** Go on to another case in whatever is open. */
function step(distance) {
  const item = neighbour(distance);
  if (!item) return;
  choose(item);
  if (card.open || viewer.open) tellAddress(item);
  if (card.open) fillCard(item);
  if (viewer.open) fillViewer(item);
  if (!card.open && !viewer.open) revealCurrent();
}

function leave() {
  if (card.open || viewer.open) return;
  tellAddress(null);
  revealCurrent();
}

function buildBar(title, item, dialog, extra = []) {
  const place = state.shown.indexOf(item);
  const turn = (distance, text, label) =>
    element("button", { "aria-label": label, autofocus: distance > 0, disabled: !neighbour(distance), onclick: () => step(distance) }, text);
  return element(
    "header",
    { class: "bar" },
    element("h2", { id: title }, item.id),
    extra,
    element("span", { class: "place" }, place < 0 ? "not in the list" : `${place + 1} of ${state.shown.length}`),
    turn(-1, "‹", "previous case"),
    turn(1, "›", "next case"),
    element("button", { "aria-label": "close", onclick: () => dialog.close() }, "×"),
  );
}

/** Give a dialog other content, and keep the focus where it was. */
function refill(dialog, ...children) {
  const label = dialog.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  dialog.replaceChildren(...children);
  if (label) dialog.querySelector(`[aria-label="${label}"]`)?.focus();
}

function fillCard(item) {
  const pictures = picturesOf(item).map(({ words, address, ending }) =>
    element(
      "figure",
      {},
      element("a", { href: address, onclick: (event) => openInPage(event, item, ending) }, element("img", { src: address, alt: `${words} of ${item.id}` })),
      element("figcaption", {}, words),
    ),
  );
  const files = filesOf(item).map(({ ending, words, address }) =>
    element("li", {}, element("a", { href: address }, ending.slice(1)), ` ${words}`),
  );
  refill(
    card,
    buildBar("card-title", item, card),
    element("p", { class: "about" }, item.path, item.sha256 && element("small", {}, `sha256 ${item.sha256}`)),
    element("div", { class: "verdict" }, statusOf(item), buildReasons(item)),
    element("div", { class: "pictures" }, pictures),
    element("div", { class: "measures" }, buildMeasures(item)),
    element("h3", {}, "Files"),
    element("ul", { class: "files" }, files.length ? files : element("li", {}, "none was written")),
  );
}

function buildReasons(item) {
  const known = item.reasons.map((code) => {
    const { words, meaning } = report.reasons[code];
    return element("li", {}, element("b", {}, words), meaning && `: ${meaning}`);
  });
  return element("ul", {}, known, item.message ? element("li", {}, item.message) : null);
}

function buildMeasures(item) {
  return [...parts].map(([part, indices]) => {
    const rows = indices.map((index) => {
      const column = report.columns[index];
      const drawing = drawDistribution(index);
      placeMark(drawing, index, item);
      return element(
        "tr",
        {},
        element("th", { scope: "row" }, column.label, element("small", {}, column.definition)),
        element("td", { class: "number" }, item.values[index] ?? "–"),
        element("td", {}, element("small", {}, column.unit)),
        element("td", { class: "drawing" }, drawing),
      );
    });
    return element("table", {}, element("caption", {}, part), element("tbody", {}, rows));
  });
}

function fillViewer(item) {
  const pictures = picturesOf(item);
  const shown = pictures.find(({ ending }) => ending === state.ending) ?? pictures[0];
  const choices = pictures.map(({ words, ending }) =>
    element("button", { "aria-pressed": String(ending === shown.ending), onclick: () => showPicture(ending) }, words),
  );
  const image = shown && element("img", { src: shown.address, alt: `${shown.words} of ${item.id}`, title: "click for its full size", onclick: () => viewer.classList.toggle("full") });
  refill(
    viewer,
    buildBar("viewer-title", item, viewer, [statusOf(item), choices, shown ? element("a", { href: shown.address }, "open the file") : null]),
    element("div", { class: "picture" }, image ?? element("p", {}, "There is no picture of this case. ", item.message)),
  );
}

function showPicture(ending) {
  state.ending = ending;
  fillViewer(state.current);
}

/** Open the picture of the case that is looked at, or its next one. */
function turnPicture() {
  if (!state.current) return;
  if (viewer.open) {
    const endings = picturesOf(state.current).map(({ ending }) => ending);
    state.ending = endings[(endings.indexOf(state.ending ?? endings[0]) + 1) % endings.length];
  }
  openViewer(state.current);
}
