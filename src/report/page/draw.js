// Draws the page

/** What the contents call sections with long titles. */
const SHORT = {
  asked: "Asked", evaluator: "Labels", reflection: "Reflection", helpfulness: "Helpfulness", losses: "Drops", quality: "Quality", cost: "Cost",
  comparisons: "Pairs", parts: "Parts", answers: "Answers",
};

function contents(sections) {
  return element("nav", { "aria-label": "on this page" }, sections.map((part) =>
    element("a", { href: "#" + part.id }, SHORT[part.id] ?? part.querySelector("h2").textContent)));
}

const drawings = {
  run: [overview, [asked, coverage, evaluators, reflection, twins, losses, quality, costOfRun, examples]],
  eval: [evalOverview, [evalAsked, safety, usefulness, comparisons, evalCoverage, parts, evaluatorOfEval, evalReflection, answersTable, costOfEval, evalExamples]],
};
const [head, sectionsOf] = drawings[document.body.dataset.kind];
const sections = sectionsOf.map((draw) => draw()).filter(Boolean);
page.replaceChildren(...head().filter(Boolean), contents(sections), ...sections);
