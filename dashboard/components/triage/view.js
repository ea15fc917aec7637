// The pane's fixed skeleton and what is drawn into it for one seed.

const ACTION_BUTTONS = [
  { action: "accept", text: "Accept", kind: "good" },
  { action: "reject", text: "Reject", kind: "bad" },
  { action: "skip", text: "Skip" },
  { action: "rewrite", text: "Rewrite" },
  { action: "flag", text: "Flag" },
  { action: "undo", text: "Undo" },
  { action: "redo", text: "Redo" },
];

function buildActions(run) {
  const buttons = ACTION_BUTTONS.map(({ action, text, kind }) => element("button", {
    type: "button", className: `action ${kind ?? ""}`, "data-action": action, onclick: () => run({ action }),
  }, text, " ", keyCapOf(action)));
  const reasons = element("details", { className: "reasons" }, element("summary", {}, "Reject because ", keyCap("1–9")),
    element("div", { className: "menu" }, REASONS.map((reason, index) => element("button", {
      type: "button", onclick: () => { reasons.open = false; run({ action: "reject", reason }); } }, keyCap(String(index + 1)), ` ${reason}`))));
  const step = (action) => element("button", {
    type: "button", className: "step", "aria-label": ACTIONS[action], "data-action": action, onclick: () => run({ action }) }, keyCapOf(action));
  return element("div", { className: "actions", role: "toolbar", "aria-label": "Decide" },
    step("back"), step("forward"), ...buttons.slice(0, 2), reasons, ...buttons.slice(2));
}

function buildTools(run) {
  return element("div", { className: "tools" },
    element("button", { type: "button", className: "raw-toggle", "aria-pressed": "false", "data-action": "raw", onclick: () => run({ action: "raw" }) }, "Raw text ", keyCapOf("raw")),
    element("button", { type: "button", "data-action": "help", onclick: () => run({ action: "help" }) }, "Keys ", keyCapOf("help")));
}

function answerCard(seed, raw) {
  const t = seed.teachability;
  const lines = [];
  if (seed.answer) lines.push(element("div", {}, element("small", {}, "Given answer"), showText(seed.answer, raw)));
  if (t?.reference_answer && t.key_origin !== "given") {
    lines.push(element("div", {}, element("small", {}, "Reference answer (plurality)"), showText(t.reference_answer, raw)));
  }
  if (!lines.length) lines.push(muted("No answer was given, and no reference has been found yet."));
  return card("Answer", ...lines, t ? muted(`Answer key: ${KEY_ORIGINS[t.key_origin] ?? t.key_origin}.`) : null);
}

function seedColumns(seed, raw, settle) {
  const left = [
    element("section", { className: "card prompt", tabIndex: -1 }, element("h3", {}, "Prompt"),
      element("div", { className: "body" }, showText(seed.prompt, raw))),
    answerCard(seed, raw), hitsCard(seed.hits, settle), duplicatesCard(seed),
    seed.teachability ? voteCard(seed.teachability) : null,
  ];
  const right = [
    verdictCard(seed), seed.teachability ? weakCard(seed.teachability) : null, judgeCard(seed), factsCard(seed), historyCard(seed.history),
  ];
  return [left.filter(Boolean), right.filter(Boolean)];
}

const MARK_NAMES = {
  accept: "accepted", reject: "rejected", skip: "skipped", needs_rewrite: "sent to rewriting", waiting: "decided, not yet saved",
};
const MARKS_OF_STATUS = { accepted: "accept", rejected: "reject", needs_rewrite: "needs_rewrite" };

function reviewerChip(seed, user) {
  if (!seed.reviewed_by || seed.reviewed_by === user) return null;
  return element("span", { className: "chip", "data-testid": "reviewer" }, `being reviewed by ${seed.reviewed_by}`);
}

function tagChips(seed) {
  return (seed.tags ?? []).map((tag) => element("span", { className: "chip tag" }, tag));
}

function headingOf(queue, seed, user) {
  const mark = queue.marks.get(seed.id);
  return [
    element("h2", { "data-testid": "seed" }, `Seed ${seed.id}`),
    verdictChip(seed.verdict),
    seed.flagged ? element("span", { className: "chip flag", "data-testid": "flag" }, "flagged") : null,
    ...tagChips(seed), reviewerChip(seed, user),
    mark ? element("span", { className: `chip mark ${mark.kind}`, "data-testid": "mark" },
      mark.reason ? `${MARK_NAMES[mark.kind]}: ${mark.reason}` : MARK_NAMES[mark.kind]) : null,
  ].filter(Boolean);
}

function emptyState(queue, fetching, keysAhead) {
  const decided = queue.marks.size;
  const title = fetching ? "Fetching seeds…" : decided ? "Nothing left here" : "No seeds to decide";
  const waiting = keysAhead ? `${plural(keysAhead, "key")} will be taken when they are here.` : "";
  const advice = fetching ? waiting : decided
    ? `You have been through ${plural(decided, "seed")} of this view. Go back with ${shownKey(keyOf.back)}, or choose another view above.`
    : "No pending seed matches these filters. Choose another view above, or import seeds and score them.";
  return element("div", { className: "empty", "data-testid": "empty" }, element("h2", {}, title), muted(advice));
}
