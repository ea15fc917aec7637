// Which key does what, and when keys are left alone.

const KEYS = {
  a: { action: "accept", label: "Accept" },
  x: { action: "reject", label: "Reject" },
  s: { action: "skip", label: "Skip for now" },
  e: { action: "rewrite", label: "Needs a rewrite: leave a note" },
  f: { action: "flag", label: "Flag or unflag" },
  u: { action: "undo", label: "Undo your last decision" },
  d: { action: "dismiss_hit", label: "Dismiss the first open hit: not the same question" },
  h: { action: "confirm_hit", label: "Confirm the first open hit: contaminated" },
  m: { action: "raw", label: "Show the text as it is, or rendered" },
  ArrowRight: { action: "forward", label: "Look at the next seed" },
  ArrowLeft: { action: "back", label: "Look at the seed before" },
  "?": { action: "help", label: "This sheet" },
};

const REASONS = [
  "The answer key is wrong",
  "Ambiguous or underspecified",
  "Too easy",
  "Out of reach",
  "Stands in a benchmark",
  "No answer that can be checked",
  "Broken or badly formatted",
  "Unsafe",
  "Not of this domain",
];

function isTyping(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)
    || ["combobox", "listbox", "option", "slider", "menuitem"].includes(target.getAttribute("role"));
}

function dialogIsOpen() {
  return document.querySelector('[role="dialog"], dialog[open]') !== null;
}

// The action of a key press: {action, reason?}, or null where the key is not ours to take.
function actionOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return null;
  if (isTyping(event) || dialogIsOpen()) return null;
  if (/^[1-9]$/.test(event.key)) return { action: "reject", reason: REASONS[Number(event.key) - 1] };
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return KEYS[name] ? { action: KEYS[name].action } : null;
}

function keyCap(key) {
  const shown = { ArrowRight: "→", ArrowLeft: "←" }[key] ?? key.toUpperCase();
  return element("kbd", {}, shown);
}

function helpSheet() {
  const rows = Object.entries(KEYS).map(([key, { label }]) => [keyCap(key), label]);
  const reasons = REASONS.map((reason, index) => [keyCap(String(index + 1)), `Reject: ${reason.toLowerCase()}`]);
  const inText = [
    [element("span", {}, keyCap("Ctrl"), " ", keyCap("Enter")), "Send the note (⌘ Enter on a Mac)"],
    [keyCap("Esc"), "Leave the text box or this sheet"],
  ];
  const list = (title, entries) => element("div", {}, element("h4", {}, title),
    element("dl", {}, ...entries.flatMap(([key, label]) => [element("dt", {}, key), element("dd", {}, label)])));
  return [list("Decide and look around", rows), list("Reject with a reason", reasons), list("While writing", inText)];
}
