"use strict";

// The data of the page, and the means to show them. A text becomes a text node or an attribute, never markup.
const report = JSON.parse(document.getElementById("report").textContent);
const byId = (id) => document.getElementById(id);
/** Title -> indices of the measures of a part. */
const parts = new Map();
report.columns.forEach(({ part }, index) => parts.set(part, [...(parts.get(part) ?? []), index]));

/** An element with attributes (`onclick` and the like are listeners; null and false are left out) and children. */
function element(name, attributes = {}, ...children) {
  return furnish(document.createElement(name), attributes, children);
}

/** The same for drawings. */
function shape(name, attributes = {}, ...children) {
  return furnish(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function furnish(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null));
  return made;
}

/** A number between those of the cases, which come with their digits. */
function rounded(value) {
  return String(Number(value.toPrecision(3)));
}

/** The name of a measure with its unit, and what it is for those who hover over it. */
function nameOf(column) {
  return element("span", { title: `${column.name}: ${column.definition}` }, column.label, column.unit ? ["\u00a0", element("small", {}, column.unit)] : null);
}

function statusOf(item) {
  return element("span", { class: `status ${item.status}` }, item.status);
}

function reasonsOf(item) {
  return item.reasons.map((code) => report.reasons[code].words).join(", ");
}

/** The pictures of a case: what each shows, and its address. */
function picturesOf(item) {
  return filesOf(item).filter((file) => file.picture);
}

function filesOf(item) {
  return item.files.map((index) => ({ ...report.files[index], address: item.stem + report.files[index].ending }));
}
