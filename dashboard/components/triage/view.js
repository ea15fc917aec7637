// The pane's fixed skeleton and what is drawn into it for one seed.

const ACTION_BUTTONS = [
  { key: "a", text: "Accept", kind: "good" },
  { key: "x", text: "Reject", kind: "bad" },
  { key: "s", text: "Skip" },
  { key: "e", text: "Rewrite" },
  { key: "f", text: "Flag" },
  { key: "u", text: "Undo" },
];

function buildActions(run) {
  const buttons = ACTION_BUTTONS.map(({ key, text, kind }) => element("button", {
    type: "button", className: `action ${kind ?? ""}`, "data-action": KEYS[key].action, onclick: () => run({ action: KEYS[key].action }),
  }, text, " ", keyCap(key)));
  const reasons = element("details", { className: "reasons" }, element("summary", {}, "Reject because ", keyCap("1–9")),
    element("div", { className: "menu" }, REASONS.map((reason, index) => element("button", {
      type: "button", onclick: () => { reasons.open = false; run({ action: "reject", reason }); } }, keyCap(String(index + 1)), ` ${reason}`))));
  const step = (key, text) => element("button", {
    type: "button", className: "step", "aria-label": text, title: text, onclick: () => run({ action: KEYS[key].action }) }, keyCap(key));
  return element("div", { className: "actions", role: "toolbar", "aria-label": "Decide" },
    step("ArrowLeft", "Seed before"), step("ArrowRight", "Next seed"), ...buttons.slice(0, 2), reasons, ...buttons.slice(2));
}

function buildTools(run, autoAdvance, onAutoAdvance) {
  const advance = element("input", { type: "checkbox", checked: autoAdvance, onchange: (event) => onAutoAdvance(event.target.checked) });
  return element("div", { className: "tools" },
    element("label", {}, advance, " Move on after a decision"),
    element("button", { type: "button", className: "raw-toggle", "aria-pressed": "false", onclick: () => run({ action: "raw" }) }, "Raw text ", keyCap("m")),
    element("button", { type: "button", onclick: () => run({ action: "help" }) }, "Keys ", keyCap("?")));
}

function buildNoteDialog(submit) {
  const text = element("textarea", { rows: 5, id: "note", placeholder: "What should change? For example: state the unit of the answer." });
  const link = element("a", { target: "_blank", rel: "noopener" }, "Edit it yourself on the seed's page");
  const dialog = element("dialog", { className: "note", "aria-labelledby": "note-title" });
  const send = () => { dialog.close(); submit(text.value.trim()); };
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
  });
  dialog.append(element("h3", { id: "note-title" }, "Needs a rewrite"), element("label", { htmlFor: "note" }, "Note for whoever rewrites it"), text,
    element("div", { className: "row" },
      element("button", { type: "button", className: "good", onclick: send }, "Send to rewriting ", keyCap("Ctrl"), keyCap("Enter")),
      element("button", { type: "button", onclick: () => dialog.close() }, "Leave ", keyCap("Esc")), link));
  return { dialog, open: (seed) => { text.value = ""; link.href = `seeds?seed=${seed.id}`; dialog.showModal(); text.focus(); } };
}

function buildHelpDialog() {
  const dialog = element("dialog", { className: "help", "aria-label": "Keys" });
  const close = element("button", { type: "button", onclick: () => dialog.close() }, "Close ", keyCap("Esc"));
  dialog.append(element("h3", {}, "Keys"), element("div", { className: "sheets" }, helpSheet()), close);
  dialog.addEventListener("keydown", (event) => { if (event.key === "?") { event.preventDefault(); event.stopPropagation(); dialog.close(); } });
  return dialog;
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
    element("section", { className: "card prompt" }, element("h3", {}, "Prompt"), showText(seed.prompt, raw)),
    answerCard(seed, raw), hitsCard(seed.hits, settle),
    seed.teachability ? voteCard(seed.teachability) : null,
  ];
  const right = [
    verdictCard(seed), seed.teachability ? weakCard(seed.teachability) : null, judgeCard(seed.judgments), factsCard(seed), historyCard(seed.history),
  ];
  return [left.filter(Boolean), right.filter(Boolean)];
}

const MARK_NAMES = {
  accept: "accepted", reject: "rejected", skip: "skipped", needs_rewrite: "sent to rewriting", waiting: "decided, not yet saved",
};

function headingOf(queue, seed) {
  const mark = queue.marks.get(seed.id);
  return [
    element("h2", { "data-testid": "seed" }, `Seed ${seed.id}`),
    verdictChip(seed.verdict),
    seed.flagged ? element("span", { className: "chip flag", "data-testid": "flag" }, "flagged") : null,
    mark ? element("span", { className: `chip mark ${mark.kind}`, "data-testid": "mark" }, mark.reason ? `${MARK_NAMES[mark.kind]}: ${mark.reason}` : MARK_NAMES[mark.kind]) : null,
  ].filter(Boolean);
}

function emptyState(queue, fetching) {
  const decided = queue.marks.size;
  const title = fetching ? "Fetching seeds…" : decided ? "Nothing left here" : "No seeds to decide";
  const advice = fetching ? "" : decided
    ? `You have been through ${plural(decided, "seed")} of this view. Go back with ←, or choose another view above.`
    : "No pending seed matches these filters. Choose another view above, or import seeds and score them.";
  return element("div", { className: "empty", "data-testid": "empty" }, element("h2", {}, title), muted(advice));
}
