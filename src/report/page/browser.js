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
  return element("div", { class: "action " + (isSafe === null ? "unknown" : isSafe ? "safe" : "unsafe") },
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
  const { risk, safe, twin } = report.kinds;
  return browser(report.examples, recordView, wordsOf, risk + safe + twin, "the run kept # records, these are a fixed sample of each scenario and kind");
}

/** A list of records with filters and a search, and beside it the chosen one in full. */
function browser(records, view, textOf, total, more) {
  if (records.length === 0) return null;
  const words = new Map(records.map((record) => [record, textOf(record)]));
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
    detail.replaceChildren(...view(record).flat(Infinity).filter(Boolean));
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
      (records.length < total ? "; " + more.replace("#", number(total)) : "");
    if (wanted.length) show(wanted[0]);
    else detail.replaceChildren(element("p", { class: "quiet" }, "No example is like that."));
  }
  filters.addEventListener("input", refresh);
  refresh();
  return section("examples", "Examples", filters, counted, element("div", { class: "browser" }, list, detail));
}
