// What was measured on a seed: posterior, score, votes, agreement, judge. Drawn with elements, no chart library.

const VERDICTS = ["suspect", "hard", "teachable", "easy"];
const KEY_ORIGINS = {
  given: "given with the seed",
  plurality: "the reference's plurality",
  tests: "the seed's tests: a program must pass all",
  none: "none: the reference found no answer",
};

function verdictChip(verdict) {
  const name = verdict ?? "not scored";
  return element("span", { className: `chip verdict-${verdict ?? "none"}` }, element("i", { className: "dot" }), name);
}

function posterior(teachability) {
  const description = VERDICTS.map((name) => `${name} ${percent(teachability[name])}`).join(", ");
  const bar = element("div", { className: "stack", role: "img", "aria-label": description },
    VERDICTS.map((name) => element("span", {
      className: `fill-${name}`, style: { width: `${100 * teachability[name]}%` }, title: `${name} ${percent(teachability[name])}`,
    })));
  const legend = element("div", { className: "legend" }, VERDICTS.map((name) => element("span", {},
    element("i", { className: `dot fill-${name}` }), `${name} `, element("b", {}, percent(teachability[name])))));
  return [bar, legend];
}

// A value with its interval on a line from 0 to 1.
function intervalBar(value, low, high, label) {
  return element("div", { className: "interval", role: "img", "aria-label": label },
    element("span", { className: "range", style: { left: `${100 * low}%`, width: `${100 * (high - low)}%` } }),
    value === null ? null : element("span", { className: "point", style: { left: `${100 * value}%` } }));
}

function scoreLine(t) {
  const text = `${share(t.score)} (${share(t.score_low)} to ${share(t.score_high)})`;
  return element("div", { className: "measure" },
    element("span", {}, "Score ", element("b", {}, text)), intervalBar(t.score, t.score_low, t.score_high, `score ${text}`),
    element("span", {}, "Key reliability ", element("b", {}, share(t.reliability))),
    intervalBar(t.reliability, 0, t.reliability, `key reliability ${share(t.reliability)}`));
}

function examples(answerClass) {
  if (!answerClass.examples?.length) return muted("No response of this class is stored.");
  return answerClass.examples.map((text, index) => element("div", { className: "example" },
    element("small", {}, `Response ${index + 1} of ${answerClass.count}`), showText(text)));
}

// Who said that the answers of a class are one, where that takes more than rules.
function joinedBy(answerClass) {
  if (!answerClass.joined_by?.length) return [];
  return [muted(`${plural(answerClass.keys.length, "wording")} counted as one answer by ${answerClass.joined_by.join(", ")}.`)];
}

// One bar per answer class; opening it shows the responses behind it.
function voteBars(classes, unanswered, total) {
  const most = Math.max(1, unanswered, ...classes.map((answerClass) => answerClass.count));
  const bar = (count, isReference) => element("span", { className: "track" }, element("span", {
    className: isReference ? "bar reference" : "bar", style: { width: `${100 * count / most}%` } }));
  const rows = classes.map((answerClass) => {
    const box = element("div", { className: "examples" });
    const summary = element("summary", {},
      element("span", { className: "answer", title: visibleText(answerClass.answer ?? "") }, answerClass.answer ?? ""),
      bar(answerClass.count, answerClass.is_reference),
      element("span", { className: "count" }, `${answerClass.count} of ${total}${answerClass.is_reference ? " ★" : ""}`));
    const open = (event) => { if (event.target.open && !box.childElementCount) box.append(...joinedBy(answerClass), ...[examples(answerClass)].flat()); };
    return element("details", { className: "vote", ontoggle: open }, summary, box);
  });
  if (unanswered) {
    rows.push(element("div", { className: "vote none" }, element("span", { className: "answer" }, "no answer found"),
      bar(unanswered, false), element("span", { className: "count" }, `${unanswered} of ${total}`)));
  }
  return rows;
}

function voteCard(teachability) {
  const { plurality } = teachability;
  if (!plurality?.total) return card("Reference vote", muted("The reference has not answered this seed."));
  const summary = !plurality.classes.length ? "No response held an answer." : plurality.tie ? "A tie: no plurality."
    : `Share ${share(plurality.share)}, margin ${share(plurality.margin)} over ${plural(plurality.total, "response")}.`;
  return card("Reference vote", muted(`${summary} ★ marks the reference answer.`),
    ...voteBars(plurality.classes, plurality.unanswered, plurality.total));
}

function weakRow(weak) {
  const text = `${weak.matching} of ${weak.total} agree`;
  const interval = `${share(weak.rate)} (${share(weak.low)} to ${share(weak.high)})`;
  return element("div", { className: "weak" },
    element("div", { className: "weak-head" }, element("b", {}, weak.endpoint), element("span", {}, text), element("span", {}, interval)),
    intervalBar(weak.rate, weak.low, weak.high, `${weak.endpoint}: ${interval}`),
    element("details", {}, element("summary", { className: "small" }, "Its answers"),
      ...voteBars(weak.classes, weak.unanswered, weak.total)));
}

function weakCard(teachability) {
  if (!teachability.weak.length) return card("Weak agreement", muted("No weak model has answered this seed."));
  return card("Weak agreement", ...teachability.weak.map(weakRow));
}

const LEVELS = { difficulty: "difficulty", multi_step: "multi-step", well_posed: "well-posed", verifiable: "verifiable" };

function judgedAs(judgment) {
  if (judgment.unscored) return ` could not be read: ${judgment.unscored}`;
  const levels = Object.entries(LEVELS).filter(([name]) => judgment[name]).map(([name, label]) => `${label} ${judgment[name]}`);
  return ` counts ${plural(judgment.steps ?? 0, "step")}; of 5: ${levels.join(", ") || "–"}`;
}

function judgeCard({ judgments, judge_gap: gap }) {
  const rows = judgments.map((judgment) => element("div", { className: "judgment" },
    element("div", {}, element("b", {}, judgment.endpoint), judgedAs(judgment)), judgment.reasons ? showText(judgment.reasons) : null));
  const apart = typeof gap === "number" ? muted(`Judged and shown difficulty are ${share(gap)} apart, on a scale of 0 to 1.`) : null;
  return rows.length ? card("Judge", ...rows, apart) : null;
}

function verdictCard(seed) {
  const t = seed.teachability;
  if (!t) return card("Verdict", muted("Not scored yet. Start a run over this seed to measure it."));
  return card("Verdict", element("div", { className: "verdict-line" }, verdictChip(t.verdict), scoreLine(t)),
    ...posterior(t), seed.stale ? muted("This was measured on an earlier wording.") : null,
    ...(t.notes ?? []).map(muted), element("p", { className: "muted" }, `Policy ${t.policy}`));
}

const measured = (value) => (typeof value === "number" ? share(value) : null);

function factsCard(seed) {
  const facts = [
    ["Source", seed.source], ["Name there", seed.external_id], ["Domain", seed.domain], ["Licence", seed.licence ?? "not stated"],
    ["Steps", seed.steps], ["Vote margin", measured(seed.margin)], ["Interval width", measured(seed.interval_width)], ["Cost so far", money(seed.cost)], ["Came in", when(seed.created_at)],
  ].filter(([, value]) => value !== null && value !== undefined && value !== "");
  return card("Facts", element("dl", { className: "facts" },
    ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, String(value))])));
}

function historyCard(history) {
  if (!history.length) return null;
  return card("History", element("ol", { className: "history" }, history.map((event) => element("li",
    { className: event.undone ? "undone" : "" }, `${when(event.created_at)}  ${event.user}: ${event.kind.replaceAll("_", " ")}`,
    event.reason ? ` (${event.reason})` : ""))));
}
