"use strict";

// Charts over time, as wide as there is room for. Their figures are in the page.
const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 200, LEFT = 52, BOTTOM = 24, TOP = 10;
const HOUR = 3600000, DAY = 24 * HOUR;

function put(parent, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

// The least of 1, 2 and 5 times a power of ten that divides the range into at most four parts.
function tick(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most / 4, 1)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step * 4 >= most);
}

function moment(time, step) {
  const text = new Date(time).toISOString();
  return step < DAY ? text.slice(5, 16).replace("T", " ") : text.slice(0, 10);
}

function draw(figure) {
  for (const old of figure.querySelectorAll("svg, .legend")) old.remove();
  const start = Number(figure.dataset.start), step = Number(figure.dataset.step);
  const series = [...figure.querySelectorAll("data")].map((data) => ({
    name: data.textContent,
    values: data.value.split(",").map(Number),
  }));
  const count = series[0].values.length;
  const sums = series[0].values.map((_, at) => series.reduce((sum, one) => sum + one.values[at], 0));
  const by = tick(Math.max(...sums)), most = by * Math.max(1, Math.ceil(Math.max(...sums) / by));
  const width = figure.clientWidth, room = width - LEFT - 8, tall = HEIGHT - TOP - BOTTOM;
  const svg = put(figure, "svg", { width, height: HEIGHT, role: "img" });
  svg.setAttribute("aria-label", `${figure.dataset.title}, from ${moment(start, step)} to `
    + `${moment(start + (count - 1) * step, step)}, at most ${Math.max(...sums)}`);
  for (let value = 0; value <= most; value += by) {
    const y = TOP + tall * (1 - value / most);
    put(svg, "line", { class: "grid", x1: LEFT, x2: width, y1: y, y2: y });
    put(svg, "text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, value.toLocaleString("en"));
  }
  const each = room / count;
  const bar = Math.max(each - (each > 4 ? 2 : 0), 0.5);
  for (let at = 0; at < count; at += 1) {
    let below = 0;
    const group = put(svg, "g", {});
    series.forEach((one, number) => {
      const height = tall * one.values[at] / most;
      const y = TOP + tall - below - height;
      put(group, "rect", { class: number ? "two" : "one", x: LEFT + at * each, y, width: bar, height });
      below += height;
    });
    const all = series.map((one) => `${one.values[at].toLocaleString("en")} ${one.name}`).join(", ");
    put(group, "title", {}, `${moment(start + at * step, step)}: ${all}`);
  }
  // Labels of the times, as many as have room.
  const every = Math.max(1, Math.ceil(90 / each));
  for (let at = 0; at < count; at += every) {
    const x = LEFT + (at + 0.5) * each, end = x + 40 > width;
    put(svg, "text", { x: end ? width : Math.max(x, LEFT + 36), y: HEIGHT - 6,
      "text-anchor": end ? "end" : "middle" }, moment(start + at * step, step));
  }
  if (series.length > 1) {
    const legend = document.createElement("div");
    legend.className = "legend";
    series.forEach((one, number) => {
      const entry = document.createElement("span");
      entry.className = number ? "two" : "one";
      entry.textContent = one.name;
      legend.append(entry);
    });
    figure.append(legend);
  }
}

const figures = [...document.querySelectorAll("figure.times")];
const drawAll = () => figures.forEach(draw);
drawAll();
let width = window.innerWidth;
window.addEventListener("resize", () => {
  if (width !== window.innerWidth) {
    width = window.innerWidth;
    drawAll();
  }
});

// Tables are sorted by the head of a column: a button, for the keyboard.
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    if (head.tagName !== "TH") return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const isNumber = body.rows[0] && body.rows[0].cells[at].dataset.value !== undefined;
      const now = head.getAttribute("aria-sort");
      const order = now ? (now === "ascending" ? "descending" : "ascending") : isNumber ? "descending" : "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const value = (row) => {
        const cell = row.cells[at];
        return isNumber ? Number(cell.dataset.value ?? NaN) : cell.textContent;
      };
      const less = (one, other) => {
        const [a, b] = [value(one), value(other)];
        if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
        return sign * (a < b ? -1 : a > b ? 1 : 0);
      };
      body.append(...[...body.rows].sort(less));
    });
  });
}
