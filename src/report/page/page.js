"use strict";
// Draws the page from its data. Text from the data only ever becomes a text node.

const report = JSON.parse(document.getElementById("report").textContent);
const page = document.getElementById("page");
const CELLS = ["N-N", "N-M", "U-N", "U-M", "M-N", "M-M"];

/** An element with attributes and children; a string child is text. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "on") made.addEventListener(value[0], value[1]);
    else if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined) made.append(child);
  }
  return made;
}

const number = (value) => Number(value).toLocaleString("en-US");
const money = (value) => "$" + Number(value).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = (part, whole) => (whole === 0 ? "–" : (100 * part / whole).toFixed(1) + " %");
const sum = (values) => values.reduce((total, value) => total + value, 0);
const kept = (fate) => fate.risks + fate.safes;

function duration(seconds) {
  if (seconds < 90) return seconds.toFixed(1) + " s";
  if (seconds < 5400) return (seconds / 60).toFixed(1) + " min";
  return (seconds / 3600).toFixed(1) + " h";
}

/** Text in which what stands between backquotes is code. */
function coded(text) {
  return text.split("`").map((part, at) => (at % 2 ? element("code", {}, part) : part));
}

/** A part of the page with a heading that can be linked to. */
function section(id, title, ...children) {
  return element("section", { id }, element("h2", {}, title), ...children);
}

function figure(value, words) {
  return element("div", { class: "figure" }, element("b", {}, value), element("span", {}, words));
}

/** A table; a heading that begins with # marks a column of numbers, one with ~ a column of heat. */
function table(headings, rows, caption) {
  const isNumber = headings.map((heading) => heading.startsWith("#"));
  const kind = (heading) => (heading.startsWith("#") ? "number" : heading.startsWith("~") ? "heat" : null);
  const head = headings.map((heading) => element("th", { scope: "col", class: kind(heading) }, heading.replace(/^[#~]/, "")));
  const body = rows.map((row) => element("tr", {}, row.map((cell, at) =>
    cell instanceof HTMLTableCellElement ? cell : element("td", { class: isNumber[at] ? "number" : null }, cell))));
  return element("div", {},
    caption ? element("p", { class: "caption" }, caption) : null,
    element("div", { class: "scroll" }, element("table", {}, element("thead", {}, element("tr", {}, head)), element("tbody", {}, body))));
}

/** A cell whose ground is the stronger, the larger its share. */
function heat(fate, largest) {
  if (!fate || fate.planned === 0) return element("td", { class: "heat empty", title: "not planned" }, "·");
  const cell = element("td", { class: "heat", title: fateWords(fate) },
    number(kept(fate)), element("small", {}, "of " + number(fate.planned + fate.topped_up)));
  const share = largest === 0 ? 0 : kept(fate) / largest;
  return shade(cell, share);
}

/** The stronger a ground, the larger the share. */
function shade(cell, share) {
  cell.style.background = `rgba(var(--heat), ${(0.06 + 0.5 * share).toFixed(3)})`;
  return cell;
}

function fateWords(fate) {
  const dropped = Object.entries(fate.dropped).map(([why, count]) => `${count} dropped: ${why}`);
  const beyond = fate.topped_up ? [`${fate.topped_up} beyond the plan`] : [];
  const parts = [`${fate.planned} planned`, ...beyond, `${fate.attempted} attempted`, `${fate.risks} risk`, `${fate.safes} safe`, ...dropped];
  if (fate.failed) parts.push(`${fate.failed} failed`);
  return parts.join(", ");
}

/** A bar for a share from 0 to 1, with its interval where there is one. */
function bar(label, share, words, interval) {
  const fill = element("div", { class: "fill" });
  fill.style.width = (100 * share).toFixed(2) + "%";
  const track = element("div", { class: "track" }, fill);
  if (interval) {
    const whisker = element("div", { class: "whisker" });
    whisker.style.left = (100 * interval[0]).toFixed(2) + "%";
    whisker.style.width = (100 * (interval[1] - interval[0])).toFixed(2) + "%";
    track.append(whisker);
  }
  return element("div", { class: "bar" }, element("span", {}, label), track, element("span", { class: "value" }, words));
}

function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return element("dl", { class: shown.length > 6 ? "facts many" : "facts" }, shown.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

const interval = ({ low, high }) => `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
const estimated = (estimate) => (estimate ? `${(100 * estimate.value).toFixed(1)} % (${interval(estimate)})` : "–");
const entrantName = ({ model, defence }) => (defence === "none" ? model : `${model} + ${defence}`);

function estimateBar(label, estimate, kind) {
  const drawn = bar(label, estimate.value, estimated(estimate), [estimate.low, estimate.high]);
  if (kind) drawn.classList.add(kind);
  return drawn;
}

const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

// What came out

function overview() {
  const { status, kinds } = report;
  const { items } = status;
  const finished = items.done + items.dropped + items.failed;
  const dropped = sum(Object.values(status.drops));
  const failed = sum(Object.values(status.failures));
  return [
    element("h1", {}, report.campaign),
    report.describe ? element("p", {}, report.describe) : null,
    element("p", { class: "quiet" }, "Plan ", element("code", {}, report.plan_id)),
    finished < items.total
      ? element("p", { class: "notice", id: "unfinished" }, `The run is not finished: ${number(items.total - finished)} of ${number(items.total)} items are still to do.`)
      : null,
    report.evaluators.calibration && !report.evaluators.calibration.passes
      ? element("p", { class: "notice", id: "quarantined" }, element("b", {}, "In quarantine: "), coded(`${report.evaluators.calibration.words}. What rests on its labels is in \`dataset/quarantine/\`, not in the dataset.`))
      : null,
    report.simulated > 0
      ? element("p", { class: "notice", id: "simulated" }, `In ${number(report.simulated)} records a simulated model spoke for a real one. They show how things work; their labels mean nothing.`)
      : null,
    element("div", { class: "figures" },
      figure(number(kinds.risk), "risk scenarios with a safe action"),
      figure(number(kinds.safe), "trajectories that stayed safe"),
      figure(number(kinds.twin), "harmless twins"),
      figure(`${number(finished)} of ${number(items.total)}`, "items finished"),
      figure(number(dropped), "trajectories dropped"),
      figure(number(failed), "trajectories failed"),
      figure(number(status.calls), "model calls"),
      figure(number(status.tokens), "tokens"),
      figure(money(status.usd), "spent"),
      figure(duration(status.seconds), "of running")),
  ];
}

function asked() {
  const { settings } = report;
  return section("asked", "What was asked",
    facts([
      ["seed", String(settings.seed)],
      ["trajectories of an item", String(settings.trajectories)],
      ["steps at most", String(settings.max_steps)],
      ["rounds of reflection at most", String(settings.rounds)],
      ["items with a twin", percent(settings.twins, 1)],
      ...report.cast.map(({ role, models }) => [role, models.join(", ")]),
    ]),
    table(["scenario", "about", "#planned", "#topped up", "#attempted", "#risk", "#safe", "#dropped", "#failed"],
      report.by_scenario.map((fate) => [fate.scenario, report.scenarios[fate.scenario] ?? "",
        number(fate.planned), number(fate.topped_up), number(fate.attempted), number(fate.risks), number(fate.safes),
        number(sum(Object.values(fate.dropped))), number(fate.failed)]),
      "Trajectories; twins are not counted here"));
}

function cellMap() {
  const outcomes = [...new Set(report.by_cell.map(({ outcome }) => outcome))];
  const at = new Map(report.by_cell.map((fate) => [fate.outcome + "/" + fate.cell, fate]));
  const largest = Math.max(0, ...report.by_cell.map(kept));
  return table(["outcome", "severity", ...CELLS.map((cell) => "~" + cell)],
    outcomes.map((outcome) => [outcome, report.outcomes[outcome] ?? "", ...CELLS.map((cell) => heat(at.get(outcome + "/" + cell), largest))]),
    "Kept of planned trajectories, and of those that topped them up. A cell names the instruction, then the context: normal, underspecified, malicious");
}

function toolkitMap() {
  const scenarios = [...new Set(report.by_toolkit.map(({ scenario }) => scenario))];
  const toolkits = [...new Set(report.by_toolkit.map(({ toolkit }) => toolkit))].sort();
  const at = new Map(report.by_toolkit.map((fate) => [fate.scenario + "/" + fate.toolkit, fate]));
  const largest = Math.max(0, ...report.by_toolkit.map(kept));
  return table(["scenario", ...toolkits.map((toolkit) => "~" + toolkit)],
    scenarios.map((scenario) => [scenario, ...toolkits.map((toolkit) => heat(at.get(scenario + "/" + toolkit), largest))]),
    "Kept of planned trajectories, by the toolkits that a scenario gives");
}

function coverage() {
  return section("coverage", "Coverage", element("div", { class: "maps" },
    element("div", {}, element("h3", {}, "Outcomes and cells"), cellMap()),
    element("div", {}, element("h3", {}, "Scenarios and toolkits"), toolkitMap())));
}

function reflection() {
  if (report.reflection.length === 0) return null;
  return section("reflection", "What reflection brings",
    element("p", {}, "The share of risk scenarios for which a safe action was found, by rounds of reflection. Round 0 is the first proposal; scenarios for which none was ever found are counted."),
    element("div", { class: "bars" }, report.reflection.map(({ round, safe, of }) =>
      bar("round " + round, safe / of, `${percent(safe, of)} (${number(safe)} of ${number(of)})`))));
}

function twins() {
  const { kinds } = report;
  const scores = sum(report.helpfulness);
  if (kinds.twin === 0 && scores === 0) return null;
  return section("helpfulness", "Helpfulness and over-refusal",
    kinds.twin > 0 ? facts([
      ["twins", number(kinds.twin)],
      ["refused or stalled", `${number(kinds.over_refusals)} (${percent(kinds.over_refusals, kinds.twin)})`],
      ["judged unsafe all the same", `${number(kinds.harmful_twins)} (${percent(kinds.harmful_twins, kinds.twin)})`],
    ]) : null,
    scores > 0 ? element("h3", {}, "How far the safe action serves the user") : null,
    scores > 0 ? element("div", { class: "bars" }, report.helpfulness.map((count, score) =>
      bar(`${score} of 3`, count / scores, `${number(count)} (${percent(count, scores)})`))) : null);
}

function losses() {
  if (report.losses.length === 0) {
    return section("losses", "Drops and failures", element("p", {}, "No trajectory was dropped, and none failed."));
  }
  return section("losses", "Drops and failures",
    table(["", "why", "#trajectories"], report.losses.map(({ fate, why, count }) => [fate, why, number(count)])),
    report.losses.map(({ fate, why, examples }) => element("details", {},
      element("summary", {}, `${fate}: ${why}`),
      examples.map(({ id, detail }) => element("div", { class: "step" }, element("code", {}, id), element("p", { class: "said" }, detail))))));
}

function quality() {
  const { quality } = report;
  if (!quality) return null;
  const gates = Object.entries(quality.gates);
  return section("quality", "Quality gates",
    element("p", {}, `${number(quality.flagged)} of ${number(quality.records)} records are flagged; ${number(quality.left_out)} are left out of the exports.`),
    table(["gate", "#records"], gates.map(([gate, { records }]) => [gate, number(records)])),
    (quality.compared_with ?? []).length ? table(["compared with", "form", "#texts"], quality.compared_with.map(({ name, form, texts }) => [name, form, number(texts)])) : null,
    gates.filter(([, { examples }]) => examples.length).map(([gate, { examples }]) => element("details", {},
      element("summary", {}, gate),
      examples.map(({ record, why, text, other }) => element("div", { class: "step" }, element("code", {}, record), element("p", { class: "said" }, why),
        text ? element("blockquote", {}, text) : null, other ? element("blockquote", { class: "quiet" }, other) : null)))));
}
