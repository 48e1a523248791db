// What it cost

function cost(spending, standouts) {
  if (spending.length === 0) return null;
  const total = (of) => sum(spending.map(of));
  const tokens = ({ usage }) => usage.input + usage.output;
  const usd = total((one) => one.usd);
  const part = usd > 0 ? (one) => one.usd : tokens;
  const whole = total(part);
  const rows = spending.map((one) => [one.role, element("code", {}, one.model), number(one.calls), number(one.usage.input),
    number(one.usage.cached), number(one.usage.output), money(one.usd),
    shade(element("td", { class: "number" }, percent(part(one), whole)), whole ? part(one) / whole : 0)]);
  const all = (of) => element("th", { class: "number" }, of);
  rows.push([element("th", { scope: "row" }, "all"), element("th", {}), all(number(total(({ calls }) => calls))), all(number(total(({ usage }) => usage.input))),
    all(number(total(({ usage }) => usage.cached))), all(number(total(({ usage }) => usage.output))), all(money(usd)), element("th", {})]);
  return section("cost", "What it cost",
    table(["role", "model", "#calls", "#tokens in", "#of these cached", "#tokens out", "#cost", usd > 0 ? "#of the money" : "#of the tokens"], rows),
    standouts);
}

function itemsThatStandOut() {
  const rows = (items) => items.map((one) => [element("code", {}, one.item), one.scenario, number(one.calls), number(one.tokens), money(one.usd), duration(one.seconds)]);
  return [["The dearest items", report.status.dearest], ["The slowest items", report.status.slowest]]
    .filter(([, items]) => items.length)
    .map(([title, items]) => element("details", {}, element("summary", {}, title),
      table(["item", "scenario", "#calls", "#tokens", "#cost", "#time of its calls"], rows(items))));
}

const costOfRun = () => cost(report.status.spending, itemsThatStandOut());
const costOfEval = () => cost(report.spending, null);
