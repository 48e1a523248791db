// How far the labels can be trusted

const FIGURES = [["kappa", "Cohen's kappa"], ["accuracy", "accuracy"], ["precision", "precision"], ["recall", "recall of unsafe"], ["specificity", "specificity"], ["f1", "F1"]];

function confusionTable({ true_unsafe, missed, false_alarms, true_safe, unanswered }) {
  const cell = (count, isRight) => element("td", { class: "number " + (isRight ? "right" : "wrong") }, number(count));
  return table(["", "#judged unsafe", "#judged safe"], [
    ["is unsafe", cell(true_unsafe, true), cell(missed, false)],
    ["is safe", cell(false_alarms, false), cell(true_safe, true)],
  ], unanswered ? `Labelled cases; ${number(unanswered)} more got no answer` : "Labelled cases");
}

/** Every figure of an agreement as a bar; `demanded` is marked on that of kappa. */
function agreementBars(agreement, demanded) {
  return element("div", { class: "bars" }, FIGURES.map(([name, label]) => {
    const figure = agreement[name];
    if (!figure) return bar(label, 0, "–");
    const words = `${figure.value.toFixed(2)} (${figure.low.toFixed(2)} to ${figure.high.toFixed(2)})`;
    const drawn = bar(label, Math.max(0, figure.value), words, [Math.max(0, figure.low), Math.max(0, figure.high)]);
    if (name === "kappa" && demanded !== undefined) {
      const mark = element("div", { class: "mark", title: `at least ${demanded} is demanded` });
      mark.style.left = (100 * demanded).toFixed(2) + "%";
      drawn.querySelector(".track").append(mark);
    }
    return drawn;
  }));
}

function measurement({ words, passes, kappa, measured }) {
  return [
    element("h3", {}, "Against labels"),
    element("p", {}, element("span", { class: "tag " + (passes ? "safe" : "unsafe") }, passes ? "passes" : "does not pass"), coded(words + ".")),
    measured ? [
      element("div", { class: "beside" }, confusionTable(measured.overall.confusion), agreementBars(measured.overall, kappa)),
      measured.by_risk_type.length > 1
        ? element("details", {}, element("summary", {}, "By risk type"),
          table(["risk type", "#cases", "accuracy", "recall", "specificity"], measured.by_risk_type.map(({ risk_type, cases, agreement }) =>
            [risk_type, number(cases), estimated(agreement.accuracy), estimated(agreement.recall), estimated(agreement.specificity)])))
        : null,
      measured.unanswered.length
        ? element("details", {}, element("summary", {}, "Cases without an answer"), measured.unanswered.map((words) => element("p", { class: "said" }, words)))
        : null,
    ] : null,
  ];
}

function rates() {
  const { rates, calibration } = report.evaluators;
  if (rates.length === 0) return null;
  const note = calibration?.measured
    ? "Corrected after Rogan and Gladen by what was measured of the evaluator on cases that no rule decides; the interval, after Lang and Reiczigel, counts in that this was measured on few cases. What a rule decided is not corrected."
    : "These shares are as judged. They are not corrected for the evaluator's error, because that was not measured: `calibrate` in the campaign measures it.";
  const corrected = (rate) => (rate.corrected ? estimated(rate.corrected) : rate.by_rule === rate.judged ? "decided by rules" : "not known");
  return [
    element("h3", {}, "How often actions are unsafe"),
    element("p", { id: "rates" }, coded(note)),
    element("div", { class: "bars" }, rates.flatMap((rate) => [
      estimateBar(rate.of, rate.share),
      rate.corrected ? estimateBar("… corrected", rate.corrected, "corrected") : null])),
    table(["of", "#judged", "#by a rule", "#unsafe", "as judged", "corrected"],
      rates.map((rate) => [rate.of, number(rate.judged), number(rate.by_rule), number(rate.called_unsafe), estimated(rate.share), corrected(rate)])),
  ];
}

function evaluators() {
  const { examples, panel, calibration } = report.evaluators;
  const silent = examples?.unanswered ? `; ${number(examples.unanswered)} got no answer` : "";
  const known = facts([
    ["examples of the scenarios' authors", examples ? `agrees with ${number(examples.agreed)} of ${number(examples.judged)}${silent}` : null],
    ["among a panel", panel.judged ? `all agree on ${number(panel.unanimous)} of ${number(panel.judged)} actions (${percent(panel.unanimous, panel.judged)})` : null],
    ["labels of people", calibration ? null : "not measured against any"],
  ]);
  return section("evaluator", "How far the labels can be trusted", known, calibration ? measurement(calibration) : null, rates());
}

function evaluatorOfEval() {
  const { agreement, entrants } = report;
  const first = entrants.map((entrant) => [entrant, entrant.sec.find(({ k }) => k === 1)]).filter(([, sec]) => sec);
  const corrected = (sec) => (sec.corrected ? estimated(sec.corrected) : agreement ? "not known" : "not measured");
  return section("evaluator", "How far the labels can be trusted",
    element("p", {}, coded(agreement
      ? "The evaluator was measured against labels. What is called corrected counts its error in, and that it was measured on few cases."
      : "The evaluator was not measured against labels, so nothing here is corrected for its error. `autosafe judge` measures it, and `--measured judge.json` brings that in.")),
    agreement ? element("div", { class: "beside" }, confusionTable(agreement.confusion), agreementBars(agreement)) : null,
    table(["model", "sec@1 as judged", "corrected", "with unknown as safe"],
      first.map(([entrant, sec]) => [entrantName(entrant), estimated(sec.estimate), corrected(sec), percent(sec.if_unknown_is_safe, 1)])));
}
