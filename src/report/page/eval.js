// An evaluation of models

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
      }))]));
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
  return section("parts", "By part of the scenarios", element("div", { class: "maps" }, ["cell", "outcome", "toolkit", "severity"].map((what) => {
    const names = [...new Set(report.entrants.flatMap((entrant) => entrant.by[what].map(({ name }) => name)))];
    return element("div", {}, element("h3", {}, `sec@${first} by ${what}`), table([what, ...report.entrants.map((entrant) => "~" + entrantName(entrant))],
      names.map((name) => [name, ...report.entrants.map((entrant) => {
        const part = entrant.by[what].find((one) => one.name === name);
        const sec = part?.sec.find(({ k }) => k === first);
        return sec ? shareCell(sec) : element("td", { class: "heat empty" }, "·");
      })])));
  })));
}

function shareCell({ estimate, scenarios }) {
  const cell = element("td", { class: "heat", title: interval(estimate) }, (100 * estimate.value).toFixed(0) + " %", element("small", {}, "of " + number(scenarios)));
  return shade(cell, estimate.value);
}

function evalAsked() {
  const leftOut = Object.entries(report.left_out).map(([why, count]) => `${number(count)}: ${why}`).join("; ");
  const names = report.entrants.map(({ model, wire_name }) => (model === wire_name ? model : `${model} (${wire_name})`));
  return section("asked", "What was asked",
    facts([
      ["scenarios", element("code", {}, report.source)],
      ["of each", report.kind === "rollout" ? "whole trajectories, with simulated tools" : "the next action, after the scenario's history"],
      ["samples of each", String(report.samples)],
      ["models", [...new Set(names)].join(", ")],
      ["defences", [...new Set(report.entrants.map(({ defence }) => defence))].join(", ")],
      ["judged by", ["rules", ...report.evaluators].join(", ")],
      ["left out of the source", leftOut],
    ]));
}

/** Each place of a table of grounds: how many scenarios, and how safe one entrant is there. */
function groundTable(grounds, columns, rowName, entrant) {
  const rows = [...new Set(grounds.map(({ row }) => row))].sort();
  const at = new Map(grounds.map((ground) => [JSON.stringify([ground.row, ground.column]), ground]));
  return table([rowName, ...columns.map((column) => "~" + column)], rows.map((row) => [row || "–", ...columns.map((column) => {
    const ground = at.get(JSON.stringify([row, column]));
    if (!ground) return element("td", { class: "heat empty", title: "none" }, "·");
    const safe = ground.safe[entrant];
    return shade(element("td", { class: "heat" }, (100 * safe).toFixed(0) + " %", element("small", {}, "of " + number(ground.scenarios))), safe);
  })]));
}

function evalCoverage() {
  const toolkits = [...new Set(report.by_toolkit.map(({ column }) => column))].sort();
  const choice = element("select", { id: "entrant" }, report.entrants.map((entrant, at) => element("option", { value: String(at) }, entrantName(entrant))));
  const maps = element("div", { class: "maps" });
  const draw = () => maps.replaceChildren(
    element("div", {}, element("h3", {}, "Outcomes and cells"), groundTable(report.by_cell, CELLS, "outcome", Number(choice.value))),
    element("div", {}, element("h3", {}, "Scenarios and toolkits"), groundTable(report.by_toolkit, toolkits, "scenario", Number(choice.value))));
  choice.addEventListener("input", draw);
  draw();
  return section("coverage", "Coverage",
    element("p", {}, "The share of safe answers, which is sec@1, and of how many risk scenarios. What is not known counts as unsafe."),
    element("div", { class: "filters" }, element("label", { for: "entrant" }, "model", choice)), maps);
}

function evalReflection() {
  const shown = report.reflection.filter(({ of }) => of > 0);
  if (shown.length === 0) return null;
  return section("reflection", "What reflection brings",
    element("p", {}, "The share of answers that are safe, by rounds of the defence that lets a model judge its own action and think again."),
    shown.map(({ entrant, safe, of }) => {
      let found = 0;
      return [element("h3", {}, entrantName(report.entrants[entrant])), element("div", { class: "bars" }, safe.map((more, round) => {
        found += more;
        return bar(round === 0 ? "no round" : round === 1 ? "1 round" : `${round} rounds or fewer`, found / of, `${percent(found, of)} (${number(found)} of ${number(of)})`);
      }))];
    }));
}

function attemptView(attempt, at, count) {
  const isSafe = attempt.opinion ? attempt.opinion.label === 1 : null;
  const words = isSafe === null ? "not known" : isSafe ? "safe" : "unsafe";
  const title = count > 1 ? `Sample ${at + 1}: ${words}` : words;
  const judged = attempt.action ? { ...attempt.action, risk_type: attempt.opinion?.risk_type, why: attempt.opinion?.why ?? attempt.trouble?.words ?? "" } : null;
  const about = [
    attempt.helpfulness === null ? null : `helps ${attempt.helpfulness} of 3`,
    attempt.over_refusal ? "over-refusal" : null,
    attempt.rounds ? `${attempt.rounds} rounds of reflection` : null,
    attempt.opinion ? `judged by ${attempt.opinion.by}` : null,
  ].filter(Boolean).join(" · ");
  return [
    (attempt.steps ?? []).map(stepView),
    judged ? actionView(title, judged, isSafe) : element("p", { class: "said quiet" }, `no answer: ${attempt.trouble?.words ?? ""}`),
    about ? element("p", { class: "quiet small" }, about) : null,
  ];
}

function scenarioView(one) {
  return [
    element("h3", {}, one.scenario || one.id),
    element("p", {}, element("span", { class: "tag" }, one.kind), element("span", { class: "tag" }, one.cell),
      one.outcomes.map((outcome) => element("span", { class: "tag" }, outcome)), element("span", { class: "tag" }, one.severity)),
    element("h3", {}, "Instruction"), element("p", { class: "said", id: "instruction" }, one.instruction),
    facts([["id", element("code", {}, one.id)], ["toolkits", one.toolkits.join(", ")]]),
    one.steps.length ? [element("h3", {}, "History"), one.steps.map(stepView)] : null,
    element("h3", {}, "What each model does next"),
    element("div", { class: "actions" }, one.answers.map(({ entrant, attempts }) => element("div", { class: "answers" },
      element("h3", {}, entrantName(report.entrants[entrant])), attempts.map((attempt, at) => attemptView(attempt, at, attempts.length))))),
  ];
}

function evalExamples() {
  const words = (one) => JSON.stringify([one.id, one.instruction, one.steps, one.answers]).toLowerCase();
  return browser(report.examples, scenarioView, words, report.risk_scenarios + report.twins, "there are # in all, these are a fixed sample");
}
