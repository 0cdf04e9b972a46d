// How each measure is distributed over all cases, with a mark where one of them is.
const BARS = 24;
const WIDTH = 240;
const HEIGHT = 48;
const distributions = new Map();
const tiles = new Map();

function distributionOf(index) {
  if (!distributions.has(index)) distributions.set(index, count(report.cases.map((item) => item.numbers[index]).filter((value) => value !== null)));
  return distributions.get(index);
}

function count(values) {
  const sorted = Float64Array.from(values).sort();
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const bars = new Array(BARS).fill(0);
  for (const value of sorted) bars[barOf(value, low, high)] += 1;
  return { sorted, low, high, bars };
}

function barOf(value, low, high) {
  return high > low ? Math.min(BARS - 1, Math.floor((BARS * (value - low)) / (high - low))) : BARS / 2;
}

/** The bars of a measure; each says on hovering what it counts. */
function drawDistribution(index) {
  const { sorted, low, high, bars } = distributionOf(index);
  const tallest = Math.max(...bars);
  const step = (high - low) / BARS;
  const drawn = bars.flatMap((cases, bar) => {
    if (!cases) return [];
    const height = Math.max(2, (HEIGHT * cases) / tallest);
    const place = { x: (bar * WIDTH) / BARS + 0.5, width: WIDTH / BARS - 1, y: HEIGHT - height, height };
    const range = step ? `${rounded(low + bar * step)} to ${rounded(low + (bar + 1) * step)}` : rounded(low);
    return [shape("rect", place, shape("title", {}, `${cases} of ${sorted.length}: ${range}`))];
  });
  const label = `${report.columns[index].label}: ${sorted.length} cases from ${rounded(low)} to ${rounded(high)}`;
  const mark = shape("path", { class: "mark", visibility: "hidden" }, shape("title"));
  return shape("svg", { viewBox: `-6 -8 ${WIDTH + 12} ${HEIGHT + 9}`, role: "img", "aria-label": label }, drawn, mark);
}

/** Move the mark of a drawing to a case. */
function placeMark(drawing, index, item) {
  const value = item?.numbers[index] ?? null;
  const mark = drawing.querySelector(".mark");
  mark.setAttribute("visibility", value === null ? "hidden" : "visible");
  if (value === null) return;
  const { sorted, low, high } = distributionOf(index);
  const x = high > low ? (WIDTH * (value - low)) / (high - low) : WIDTH / 2;
  mark.setAttribute("d", `M${x - 5} -8h10l-4 8v${HEIGHT}h-2v-${HEIGHT}z`);
  const smaller = sorted.filter((other) => other < value).length;
  const amount = [item.values[index], report.columns[index].unit].join(" ").trim();
  mark.firstChild.textContent = `${item.id}: ${amount}; ${smaller} of ${sorted.length} cases have less`;
}

/** All measures, part by part; built when they are first asked for. */
function buildTiles() {
  for (const [part, indices] of parts) {
    byId("tiles").append(element("h2", {}, part), element("div", { class: "tiles" }, indices.map(buildTile)));
  }
  markTiles();
}

function buildTile(index) {
  const column = report.columns[index];
  const { low, high } = distributionOf(index);
  const drawing = drawDistribution(index);
  tiles.set(index, drawing);
  const box = { type: "checkbox", checked: state.columns.includes(index), onchange: (event) => showColumn(index, event.target.checked) };
  return element(
    "div",
    { class: "tile" },
    element("button", { class: "plain", onclick: () => sortBy(index) }, nameOf(column)),
    drawing,
    element("div", { class: "ends" }, element("span", {}, rounded(low)), element("label", {}, element("input", box), " in the table"), element("span", {}, rounded(high))),
  );
}

function markTiles() {
  for (const [index, drawing] of tiles) placeMark(drawing, index, state.current);
}
