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

/** A part of the page with a heading that can be linked to. */
function section(id, title, ...children) {
  return element("section", { id }, element("h2", {}, title), ...children);
}

function figure(value, words) {
  return element("div", { class: "figure" }, element("b", {}, value), element("span", {}, words));
}

/** A table; a heading that begins with # marks a column of numbers. */
function table(headings, rows, caption) {
  const isNumber = headings.map((heading) => heading.startsWith("#"));
  const head = headings.map((heading, at) =>
    element("th", { scope: "col", class: isNumber[at] ? "number" : null }, heading.replace(/^#/, "")));
  const body = rows.map((row) => element("tr", {}, row.map((cell, at) =>
    cell instanceof HTMLTableCellElement ? cell : element("td", { class: isNumber[at] ? "number" : null }, cell))));
  return element("div", { class: "scroll" }, element("table", {},
    caption ? element("caption", {}, caption) : null,
    element("thead", {}, element("tr", {}, head)), element("tbody", {}, body)));
}

/** A cell whose ground is the stronger, the larger its share. */
function heat(fate, largest) {
  if (!fate || fate.planned === 0) return element("td", { class: "heat empty", title: "not planned" }, "·");
  const cell = element("td", { class: "heat", title: fateWords(fate) },
    number(kept(fate)), element("small", {}, "of " + number(fate.planned + fate.topped_up)));
  const share = largest === 0 ? 0 : kept(fate) / largest;
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
  return element("dl", { class: "facts" }, shown.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
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
  return table(["outcome", "severity", ...CELLS],
    outcomes.map((outcome) => [outcome, report.outcomes[outcome] ?? "", ...CELLS.map((cell) => heat(at.get(outcome + "/" + cell), largest))]),
    "Kept of planned trajectories, and of those that topped them up. A cell names the instruction, then the context: normal, underspecified, malicious");
}

function toolkitMap() {
  const scenarios = [...new Set(report.by_toolkit.map(({ scenario }) => scenario))];
  const toolkits = [...new Set(report.by_toolkit.map(({ toolkit }) => toolkit))].sort();
  const at = new Map(report.by_toolkit.map((fate) => [fate.scenario + "/" + fate.toolkit, fate]));
  const largest = Math.max(0, ...report.by_toolkit.map(kept));
  return table(["scenario", ...toolkits],
    scenarios.map((scenario) => [scenario, ...toolkits.map((toolkit) => heat(at.get(scenario + "/" + toolkit), largest))]),
    "Kept of planned trajectories, by the toolkits that a scenario gives");
}

function coverage() {
  return section("coverage", "Coverage", element("h3", {}, "Outcomes and cells"), cellMap(),
    element("h3", {}, "Scenarios and toolkits"), toolkitMap());
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

// The browser of examples

function optionsOf(values) {
  return [element("option", { value: "" }, "all"), ...[...new Set(values)].sort().map((value) => element("option", { value }, value))];
}

function filterBox(id, label, values) {
  return element("label", { for: id }, label, element("select", { id }, optionsOf(values)));
}

function actionView(title, judged, isSafe) {
  if (!judged) return null;
  const said = judged.type === "call"
    ? element("pre", {}, judged.tool + "\n" + pretty(judged.arguments))
    : element("p", { class: "said" }, judged.message);
  return element("div", { class: "action " + (isSafe ? "safe" : "unsafe") },
    element("h3", {}, title),
    judged.thought ? element("p", { class: "said quiet" }, judged.thought) : null,
    said,
    element("p", { class: "said" }, [judged.risk_type, judged.why].filter((words) => words && words !== "None").join(": ")));
}

function stepView(step, at) {
  const heading = element("div", {}, element("span", { class: "tag" }, String(at + 1)), step.type === "call" ? element("code", {}, step.tool) : "said to the user");
  const thought = step.thought ? element("p", { class: "said quiet" }, step.thought) : null;
  if (step.type === "call") {
    return element("div", { class: "step" }, heading, thought, element("pre", {}, pretty(step.arguments)),
      element("div", { class: "quiet" }, "observation"), element("pre", {}, pretty(step.observation)));
  }
  return element("div", { class: "step" }, heading, thought, element("p", { class: "said" }, step.message),
    element("div", { class: "quiet" }, "reply"), element("p", { class: "said" }, step.reply));
}

function judgementRows(record) {
  return record.judgements.map(({ of, by, label, risk_type, why }) =>
    [of, by, element("td", {}, element("span", { class: "tag " + (label ? "safe" : "unsafe") }, label ? "safe" : "unsafe")), risk_type, why]);
}

function recordView(record) {
  const axes = Object.entries(record.axes).map(([name, value]) => `${name}: ${plain(value)}`).join(", ");
  const planted = Object.entries(record.planted).map(([name, value]) => `${name}: ${value}`).join(", ");
  return [
    element("h3", {}, record.scenario),
    element("p", {}, element("span", { class: "tag" }, record.kind), element("span", { class: "tag" }, record.cell),
      record.outcomes.map((outcome) => element("span", { class: "tag" }, outcome)), element("span", { class: "tag" }, record.severity)),
    element("h3", {}, "Instruction"), element("p", { class: "said", id: "instruction" }, record.instruction),
    facts([["id", element("code", {}, record.id)], ["persona", record.persona], ["axes", axes], ["planted", planted],
      ["toolkits", record.toolkits.join(", ")], ["split", record.split],
      ["helpfulness", record.helpfulness === null ? null : `${record.helpfulness} of 3`],
      ["over-refusal", record.over_refusal === null ? null : record.over_refusal ? "yes" : "no"]]),
    element("h3", {}, record.steps.length ? "Trajectory" : "Trajectory: the first action ends it"), record.steps.map(stepView),
    element("div", { class: "actions" }, actionView("Unsafe action", record.unsafe_action, false), actionView("Safe action", record.safe_action, true)),
    record.reflections.length ? element("h3", {}, "Reflections") : null,
    record.reflections.map(({ proposal, text }) => element("div", { class: "step" }, actionView("Proposed, and unsafe", proposal, false), element("p", { class: "said" }, text))),
    record.judgements.length ? element("details", {}, element("summary", {}, `${record.judgements.length} judgements`),
      table(["of", "by", "label", "risk type", "why"], judgementRows(record))) : null,
  ];
}

function wordsOf(record) {
  return JSON.stringify([record.id, record.instruction, record.steps, record.unsafe_action, record.safe_action, record.reflections]).toLowerCase();
}

function examples() {
  const records = report.examples;
  if (records.length === 0) return null;
  const total = report.kinds.risk + report.kinds.safe + report.kinds.twin;
  const words = new Map(records.map((record) => [record, wordsOf(record)]));
  const list = element("div", { class: "list", id: "list", role: "list" });
  const detail = element("div", { class: "detail", id: "detail", "aria-live": "polite" });
  const counted = element("p", { class: "quiet", id: "count" });
  const search = element("input", { id: "search", type: "search", placeholder: "words in the record" });
  const filters = element("div", { class: "filters" },
    filterBox("scenario", "scenario", records.map((record) => record.scenario)),
    filterBox("cell", "cell", records.map((record) => record.cell)),
    filterBox("outcome", "outcome", records.flatMap((record) => record.outcomes)),
    filterBox("kind", "kind", records.map((record) => record.kind)),
    element("label", { for: "search" }, "search", search));

  function show(record) {
    detail.replaceChildren(...recordView(record).flat().filter(Boolean));
    for (const button of list.children) button.setAttribute("aria-current", String(button.dataset.id === record.id));
  }
  const chosen = (id) => filters.querySelector("#" + id).value;
  function isWanted(record) {
    return (!chosen("scenario") || record.scenario === chosen("scenario"))
      && (!chosen("cell") || record.cell === chosen("cell"))
      && (!chosen("outcome") || record.outcomes.includes(chosen("outcome")))
      && (!chosen("kind") || record.kind === chosen("kind"))
      && words.get(record).includes(search.value.trim().toLowerCase());
  }
  function refresh() {
    const wanted = records.filter(isWanted);
    list.replaceChildren(...wanted.map((record) => {
      const button = element("button", { type: "button", on: ["click", () => show(record)] },
        element("div", {}, record.instruction.length > 110 ? record.instruction.slice(0, 110) + "…" : record.instruction),
        element("div", { class: "about" }, `${record.kind} · ${record.cell} · ${record.scenario}`));
      button.dataset.id = record.id;
      return button;
    }));
    counted.textContent = `${number(wanted.length)} of ${number(records.length)} examples` +
      (records.length < total ? `; the dataset has ${number(total)} records, these are a fixed sample of each scenario and kind` : "");
    if (wanted.length) show(wanted[0]);
    else detail.replaceChildren(element("p", { class: "quiet" }, "No example is like that."));
  }
  filters.addEventListener("input", refresh);
  refresh();
  return section("examples", "Examples", filters, counted, element("div", { class: "browser" }, list, detail));
}

// An evaluation of models

const interval = ({ low, high }) => `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
const estimated = (estimate) => (estimate ? `${(100 * estimate.value).toFixed(1)} % (${interval(estimate)})` : "–");
const entrantName = ({ model, defence }) => (defence === "none" ? model : `${model} + ${defence}`);

function estimateBar(label, estimate) {
  return bar(label, estimate.value, estimated(estimate), [estimate.low, estimate.high]);
}

function evalOverview() {
  return [
    element("h1", {}, "An evaluation of " + report.entrants.map(entrantName).join(", ")),
    element("p", { class: "quiet" }, "On ", element("code", {}, report.source), ", judged by rules and ", report.evaluators.join(", ") || "nobody else"),
    report.whole ? null : element("p", { class: "notice", id: "unfinished" }, "The evaluation is not finished: what is missing counts as unsafe here."),
    report.simulated ? element("p", { class: "notice", id: "simulated" }, "Some answers are those of a simulated model. They show how things work; the figures mean nothing.") : null,
    element("div", { class: "figures" },
      figure(number(report.risk_scenarios), "risk scenarios"),
      figure(number(report.twins), "harmless twins"),
      figure(number(report.samples), "samples of each"),
      figure(number(report.calls), "model calls"),
      figure(number(report.tokens), "tokens"),
      figure(money(report.usd), "spent")),
  ];
}

function safety() {
  return section("safety", "Safety",
    element("p", {}, "sec@k is the share of risk scenarios in which none of k samples of the next action is unsafe. An answer without a label counts as unsafe; lines show 95 % intervals."),
    report.k.map((k) => [element("h3", {}, "sec@" + k), element("div", { class: "bars" },
      report.entrants.map((entrant) => {
        const sec = entrant.sec.find((one) => one.k === k);
        return sec ? estimateBar(entrantName(entrant), sec.estimate) : null;
      }))]),
    table(["model", "sec@1", "with unknown as safe", "corrected for the evaluator's error"],
      report.entrants.map((entrant) => {
        const sec = entrant.sec.find(({ k }) => k === 1);
        return [entrantName(entrant), estimated(sec?.estimate), sec ? percent(sec.if_unknown_is_safe, 1) : "–", estimated(sec?.corrected)];
      })));
}

function usefulness() {
  const refusals = report.entrants.filter((entrant) => entrant.over_refusal);
  return section("usefulness", "Usefulness",
    element("p", {}, "A model that refuses everything is safe and of no use: these figures show it."),
    element("h3", {}, "Safe and helpful"),
    element("div", { class: "bars" }, report.entrants.map((entrant) =>
      entrant.safe_and_helpful ? estimateBar(entrantName(entrant), entrant.safe_and_helpful) : null)),
    refusals.length ? element("h3", {}, "Over-refusal in harmless twins") : null,
    element("div", { class: "bars" }, refusals.map((entrant) => estimateBar(entrantName(entrant), entrant.over_refusal.estimate))));
}

function answersTable() {
  return section("answers", "Every answer",
    table(["model", "#asked", "#safe", "#unsafe", "#unknown", "#decided by a rule", "why unknown"],
      report.entrants.map((entrant) => {
        const { asked, safe, unknown, by_rule, unknown_why } = entrant.answers;
        return [entrantName(entrant), number(asked), number(safe), number(entrant.answers.unsafe), number(unknown), number(by_rule),
          Object.entries(unknown_why).map(([why, count]) => `${why}: ${count}`).join("; ")];
      })));
}

function comparisons() {
  if (report.comparisons.length === 0) return null;
  const name = (index) => entrantName(report.entrants[index]);
  const points = ({ value, low, high }) => `${(100 * value).toFixed(1)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}) points`;
  return section("comparisons", "Compared in pairs",
    element("p", {}, "On the same items. The p-value is adjusted after Holm over the pairs of a measure."),
    table(["measure", "first", "second", "#items", "first minus second", "test", "#p", "#adjusted"],
      report.comparisons.map((one) => [one.measure, name(one.first), name(one.second), number(one.items), points(one.difference),
        one.test === "mcnemar" ? "McNemar" : "paired bootstrap", one.p.toPrecision(2), one.p_adjusted.toPrecision(2)])));
}

function parts() {
  const first = Math.min(...report.k);
  return section("parts", "By part of the scenarios", ["cell", "outcome", "toolkit", "severity"].map((what) => {
    const names = [...new Set(report.entrants.flatMap((entrant) => entrant.by[what].map(({ name }) => name)))];
    return [element("h3", {}, `sec@${first} by ${what}`), table([what, ...report.entrants.map(entrantName)],
      names.map((name) => [name, ...report.entrants.map((entrant) => {
        const part = entrant.by[what].find((one) => one.name === name);
        const sec = part?.sec.find(({ k }) => k === first);
        return sec ? shareCell(sec) : element("td", { class: "heat empty" }, "·");
      })]))];
  }));
}

function shareCell({ estimate, scenarios }) {
  const cell = element("td", { class: "heat", title: interval(estimate) }, (100 * estimate.value).toFixed(0) + " %", element("small", {}, "of " + number(scenarios)));
  cell.style.background = `rgba(var(--heat), ${(0.06 + 0.5 * estimate.value).toFixed(3)})`;
  return cell;
}

function contents(sections) {
  return element("nav", { "aria-label": "on this page" }, sections.map((part) =>
    element("a", { href: "#" + part.id }, part.querySelector("h2").textContent)));
}

const drawings = {
  run: [overview, [asked, coverage, reflection, twins, losses, quality, examples]],
  eval: [evalOverview, [safety, usefulness, comparisons, parts, answersTable]],
};
const [head, sectionsOf] = drawings[document.body.dataset.kind];
const sections = sectionsOf.map((draw) => draw()).filter(Boolean);
page.replaceChildren(...head().filter(Boolean), contents(sections), ...sections);
