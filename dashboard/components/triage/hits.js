// Decontamination hits: the seed beside the benchmark item, what they share and what differs marked in both.

function markedText(parts) {
  return element("div", { className: "marked", dir: "auto" },
    parts.map(([text, mark]) => mark ? element("mark", { className: mark }, text) : text));
}

// Whether a curator has to settle the hit before the seed can be accepted.
const waits = (hit) => hit.state === "open" && hit.action !== "ignore";

function hitBox(hit, settle) {
  const name = `${hit.benchmark} ${hit.version}, ${hit.split}, item ${hit.item_id}`;
  const facts = `${percent(hit.coverage_item)} of the item, ${percent(hit.coverage_seed)} of the seed, `
    + `${plural(hit.longest_words, "word")} in a row; score ${share(hit.score)}`;
  const buttons = hit.state !== "open" || !settle ? null : element("div", { className: "row" },
    element("button", { type: "button", onclick: () => settle("confirm_hit", hit) }, `Confirm: ${hit.verdict} `, keyCapOf("confirm_hit")),
    element("button", { type: "button", onclick: () => settle("dismiss_hit", hit) }, "Dismiss ", keyCapOf("dismiss_hit")));
  return element("div", { className: `hit ${hit.state}` },
    element("div", { className: "hit-head" }, element("b", {}, name),
      element("span", { className: "chip" }, hit.verdict), element("span", { className: "chip" }, hit.state)),
    element("p", {}, hit.found), muted(facts), ...hit.notes.map(muted),
    element("div", { className: "sides" },
      element("div", {}, element("small", {}, "This seed"), markedText(hit.seed_parts)),
      element("div", {}, element("small", {}, "Benchmark item"), markedText(hit.item_parts))),
    buttons);
}

function hitsCard(hits, settle) {
  if (!hits.length) return null;
  const open = hits.filter(waits).length;
  const title = open ? `Found in benchmarks: ${plural(open, "open hit")}` : "Found in benchmarks";
  const legend = element("div", { className: "legend" }, element("mark", { className: "shared" }, "in both"),
    element("mark", { className: "changed" }, "a number that only one has"));
  return card(title, legend, ...hits.map((hit) => hitBox(hit, settle)));
}
