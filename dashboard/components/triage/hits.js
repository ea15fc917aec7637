// Decontamination hits: the seed beside the benchmark item, what they share marked in both.

const HIT_STATES = { open: "open", confirmed: "confirmed: contaminated", dismissed: "dismissed" };

function markedText(parts) {
  return element("div", { className: "marked", dir: "auto" },
    parts.map(([text, shared]) => shared ? element("mark", {}, text) : text));
}

function hitBox(hit, settle) {
  const name = `${hit.benchmark} ${hit.version}, ${hit.split}, item ${hit.item_id}`;
  const facts = `${percent(hit.coverage_item)} of the item, ${percent(hit.coverage_seed)} of the seed, `
    + `${plural(hit.longest_words, "word")} in a row, found by ${hit.method}`;
  const buttons = hit.state !== "open" || !settle ? null : element("div", { className: "row" },
    element("button", { type: "button", onclick: () => settle("confirm_hit", hit) }, "Confirm ", keyCap("h")),
    element("button", { type: "button", onclick: () => settle("dismiss_hit", hit) }, "Dismiss ", keyCap("d")));
  return element("div", { className: `hit ${hit.state}` },
    element("div", { className: "hit-head" }, element("b", {}, name), element("span", { className: "chip" }, HIT_STATES[hit.state])),
    muted(facts),
    element("div", { className: "sides" },
      element("div", {}, element("small", {}, "This seed"), markedText(hit.seed_parts)),
      element("div", {}, element("small", {}, "Benchmark item"), markedText(hit.item_parts))),
    buttons);
}

function hitsCard(hits, settle) {
  if (!hits.length) return null;
  const open = hits.filter((hit) => hit.state === "open").length;
  const title = open ? `Found in benchmarks: ${plural(open, "open hit")}` : "Found in benchmarks";
  return card(title, ...hits.map((hit) => hitBox(hit, settle)));
}
