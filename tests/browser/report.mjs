// Opens the report.html of a run or an evaluation as a person would: nothing may fail, nothing may be asked of a network,
// filters must filter, and text from models must stay text.
//
//     node report.mjs REPORT [BEGINNING OF THE SCREENSHOTS' NAMES]

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import path from "node:path";
import { chromium } from "playwright-core";

const [report, screenshots] = process.argv.slice(2);
const address = pathToFileURL(path.resolve(report)).href;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** Opens the page and collects everything that goes wrong. */
async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => request.url() !== address && problems.push("asked for " + request.url()));
  await page.goto(address);
  return { page, problems, context };
}

async function photograph(page, name) {
  if (screenshots) await page.screenshot({ path: screenshots + name + ".png", fullPage: true });
}

const shownCount = async (page) => Number((await page.textContent("#count")).match(/^[\d,]+/)[0].replaceAll(",", ""));

let kind;
let passed = 0;
async function test(name, run) {
  await run();
  passed += 1;
  console.log("ok  " + name);
}

const sections = {
  run: ["asked", "coverage", "evaluator", "losses", "cost", "examples"],
  eval: ["asked", "safety", "usefulness", "comparisons", "coverage", "parts", "evaluator", "reflection", "answers", "cost", "examples"],
};

await test("every section is drawn", async () => {
  const { page, problems, context } = await open({ viewport: { width: 1280, height: 900 } });
  kind = await page.getAttribute("body", "data-kind");
  for (const id of sections[kind]) assert.ok(await page.$("#" + id), id);
  if ((await page.textContent("h1")) === "Hostile") assert.ok(await page.$("#quality"), "gates that are set are told of");
  if ((await page.textContent("h1")) === "Calibrated") {
    assert.match(await page.textContent("#quarantined"), /misses the kappa of 0.70/);
    assert.equal(await page.$$eval("#evaluator .mark", (marks) => marks.length), 1);
    assert.match(await page.textContent("#rates"), /Rogan and Gladen/);
  }
  assert.ok((await page.textContent("h1")).length > 0);
  await photograph(page, "desktop");
  assert.deepEqual(problems, []);
  await context.close();
});

await test("filters and search narrow the examples, and take effect together", async () => {
  const { page, problems, context } = await open({ viewport: { width: 1280, height: 900 } });
  const all = await shownCount(page);
  const scenario = await page.$eval("#scenario", (select) => select.options[1].value);
  await page.selectOption("#scenario", scenario);
  const some = await shownCount(page);
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  assert.equal(await page.textContent("#detail h3"), scenario);
  await page.fill("#search", "no record holds these words, surely");
  assert.equal(await shownCount(page), 0);
  await page.fill("#search", "");
  await page.selectOption("#scenario", "");
  assert.equal(await shownCount(page), all);
  await page.click("#list button:nth-child(2)");
  assert.equal(await page.getAttribute("#list button:nth-child(2)", "aria-current"), "true");
  assert.deepEqual(problems, []);
  await context.close();
});

await test("text from models is text", async () => {
  const { page, problems, context } = await open({ viewport: { width: 1280, height: 900 } });
  for (const button of await page.$$("#list button")) await button.click();
  assert.equal(await page.evaluate(() => window.harmed), undefined);
  assert.equal(await page.$$eval("main script, main img, main iframe", (found) => found.length), 0);
  if ((await page.textContent("#report")).includes("window.harmed")) {
    const texts = await page.$$eval("#list button", (buttons) => buttons.map((button) => button.textContent));
    assert.ok(texts.some((text) => text.includes("<script>")), "the planted instruction is shown as it is");
  }
  assert.deepEqual(problems, []);
  await context.close();
});

await test("a phone shows it without scrolling sideways", async () => {
  const { page, problems, context } = await open({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true });
  const [page_, window_] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(page_ <= window_, `${page_} wide on ${window_}`);
  await photograph(page, "phone");
  assert.deepEqual(problems, []);
  await context.close();
});

await test("the dark is dark", async () => {
  const { page, problems, context } = await open({ viewport: { width: 1280, height: 900 }, colorScheme: "dark" });
  const ground = await page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
  const light = ground.match(/\d+/g).slice(0, 3).map(Number);
  assert.ok(Math.max(...light) < 60, ground);
  await photograph(page, "dark");
  assert.deepEqual(problems, []);
  await context.close();
});

await browser.close();
console.log(`${passed} passed, 0 failed`);
