// Looks at a report in a browser: its charts, its width, its tables, and what comes from a log.
//
//     node test.cjs PROGRAM FOLDER BROWSER      PROGRAM is `sessionize`; files go to FOLDER
"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const { launch } = require("puppeteer-core");

let passed = 0, failed = 0;

function check(what, found, wanted) {
  if (JSON.stringify(found) === JSON.stringify(wanted)) {
    passed += 1;
  } else {
    failed += 1;
    console.log(`${what}: ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`);
  }
}

// A log with all that may come in one, and the answers to its questions.
function makeReport(program, folder) {
  const file = (name) => path.join(folder, name);
  const run = (...parts) => execFileSync(program, parts, { encoding: "utf8" });
  run("generate", "--events", "20000", "--span", "9d", "--ips", "400", "--format", "combined", "--output", file("report.log"));
  const hostile = `192.0.2.66 - - [05/Mar/2025:10:00:00 +0000] "GET /<img src=x onerror=alert(1)>/${"long".repeat(60)} HTTP/1.1" `
    + `200 1 "-" "<script>window.hacked = true</script>"\n`;
  fs.appendFileSync(file("report.log"), `${hostile.repeat(900)}no event\n`);
  run("run", file("report.log"), "--order", "full", "--quiet", "--output", file("report.ndjson"));
  run("report", file("report.ndjson"), "--quiet", "--title", "A & B", "--output", file("report.html"));
  const ask = (question) => JSON.parse(run("query", question, file("report.ndjson"), "--quiet", "--format", "ndjson").split("\n")[0]);
  return { page: file("report.html"), average: ask("average-session"), invalid: ask("late-and-invalid") };
}

async function main() {
  const [program, folder, browserPath] = process.argv.slice(2).map((part) => path.resolve(part));
  const { page: file, average, invalid } = makeReport(program, folder);
  check("size", fs.statSync(file).size < 2e6, true);
  const browser = await launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage();
  const said = [], asked = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(pathToFileURL(file).href);

  // Figures are those of the queries.
  const figure = (id) => page.$eval(`#${id}`, (element) => element.textContent);
  const grouped = (number) => number.toLocaleString("en", { maximumFractionDigits: 3 });
  check("sessions", await figure("average-session-sessions"), grouped(average.sessions));
  check("seconds", await figure("average-session-seconds"), `${grouped(average.seconds)} s`);
  check("invalid", await figure("late-and-invalid-invalid"), grouped(invalid.invalid));

  // Charts.
  const charts = await page.$$eval("figure.times", (all) => all.map((one) => one.querySelectorAll("rect").length));
  check("charts over time", charts.length, 2);
  check("columns", charts.every((count) => count > 5), true);
  const heights = await page.$$eval("#over-time rect", (all) => all.map((rect) => Number(rect.getAttribute("height"))));
  check("heights", heights.every(Number.isFinite) && Math.max(...heights) > 50, true);
  const bars = await page.$$eval("#browsers td svg rect", (all) => all.map((rect) => rect.getBoundingClientRect().width));
  check("bars", bars.length > 2 && bars[0] > bars[bars.length - 1], true);

  // What comes from the log is text.
  check("scripts that ran", await page.evaluate(() => window.hacked), undefined);
  check("images", await page.$$eval("img", (all) => all.length), 0);
  check("user agent", await page.$eval("#likely-bots", (one) => one.textContent.includes("<script>window.hacked")), true);
  check("title", await page.title(), "A & B");

  // Sorting, with the keyboard.
  const column = (at) => page.$$eval(`#likely-bots tbody tr`, (rows, at) => rows.map((row) => row.cells[at].dataset.value ?? row.cells[at].textContent), at);
  await page.focus("#likely-bots th:nth-child(2) button");
  await page.keyboard.press("Enter");
  const down = (await column(1)).map(Number);
  check("sorted down", down, [...down].sort((a, b) => b - a));
  await page.keyboard.press("Enter");
  const up = (await column(1)).map(Number);
  check("sorted up", up, [...up].sort((a, b) => a - b));
  check("said to be", await page.$eval("#likely-bots th:nth-child(2)", (head) => head.getAttribute("aria-sort")), "ascending");

  // Widths, and both schemes.
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const width of [390, 768, 1280]) {
      await page.setViewport({ width, height: 900 });
      await page.reload();
      check(`overflow at ${width}`, await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true);
      const cut = await page.evaluate(() => {
        const room = (text) => text.closest("svg").getBoundingClientRect();
        const texts = [...document.querySelectorAll("svg text")].filter((text) => {
          const { left, right } = text.getBoundingClientRect();
          return left < room(text).left - 1 || right > room(text).right + 1;
        });
        const boxes = [...document.querySelectorAll("h1, h2, p, dt, dd, summary, .scroll")].filter((box) => box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0);
        return [...texts, ...boxes].map((element) => element.textContent);
      });
      check(`texts cut off at ${width}`, cut, []);
      await page.screenshot({ path: path.join(folder, `report-${scheme}-${width}.png`), fullPage: true });
    }
    // By the formula of WCAG 2: at least 4.5 for text.
    const contrast = await page.evaluate(() => {
      const channels = (color) => color.match(/[\d.]+/g).slice(0, 3).map((value) => {
        const part = value / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      const light = (color) => { const [r, g, b] = channels(color); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const style = (query) => getComputedStyle(document.querySelector(query));
      const ground = light(style("section").backgroundColor);
      const ratio = (color) => (Math.max(light(color), ground) + 0.05) / (Math.min(light(color), ground) + 0.05);
      return [ratio(style("h2").color), ratio(style("section p").color), ratio(style("svg text").fill)];
    });
    check(`contrast, ${scheme}`, contrast.every((ratio) => ratio >= 4.5), true);
  }
  check("console", said, []);
  check("requests", asked.every((url) => url.startsWith("file:") || url.startsWith("data:")), true);
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
