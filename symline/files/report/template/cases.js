// Which cases are shown, in which order, and which one is looked at.
const WORST = "worst";
const NAME = "name";
const names = new Intl.Collator("en", { numeric: true });

const state = {
  status: "", // of the cases shown; empty: of all
  words: [], // that each of them has
  sort: WORST, // or NAME, or the index of a measure
  isReversed: false,
  columns: [...report.main], // measures in the table
  shown: report.cases,
  current: null,
  ending: null, // of the picture that was looked at last
};

report.cases.forEach((item, rank) => {
  item.rank = rank;
  item.numbers = item.values.map((text) => (text === null ? null : Number(text)));
  item.text = [item.id, item.path, item.message, reasonsOf(item), ...item.reasons].join("\n").toLowerCase();
});

/** Choose and order the cases anew. */
function arrange() {
  const { status, words, sort, isReversed } = state;
  const sign = isReversed ? -1 : 1;
  const compare = {
    [WORST]: (one, other) => sign * (one.rank - other.rank),
    [NAME]: (one, other) => sign * names.compare(one.id, other.id),
  }[sort];
  state.shown = report.cases
    .filter((item) => (!status || item.status === status) && words.every((word) => item.text.includes(word)))
    .sort(compare ?? ((one, other) => compareNumbers(one.numbers[sort], other.numbers[sort], sign)));
}

/** Largest first, unless reversed; what is missing comes last either way. */
function compareNumbers(one, other, sign) {
  if (one === null || other === null) return (one === null) - (other === null);
  return sign * (other - one);
}

/** How the order is called. */
function orderInWords() {
  const [usual, reversed] = { [WORST]: ["worst first", "best first"], [NAME]: ["a to z", "z to a"] }[state.sort] ?? ["largest first", "smallest first"];
  return state.isReversed ? reversed : usual;
}

/** The case so many places further on in the list, or null at its ends. */
function neighbour(distance) {
  const place = state.shown.indexOf(state.current);
  if (place < 0) return state.shown[0] ?? null;
  return state.shown[place + distance] ?? null;
}
