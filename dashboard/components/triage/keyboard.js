// Which key does what, and when keys are left alone. The keys are each user's own; the API knows the defaults.

const ACTIONS = {
  accept: "Accept",
  reject: "Reject",
  skip: "Skip for now",
  rewrite: "Needs a rewrite: leave a note",
  flag: "Flag or unflag",
  undo: "Undo your last decision",
  redo: "Redo: take the last undo back",
  dismiss_hit: "Dismiss the first open hit",
  confirm_hit: "Confirm the first open hit",
  raw: "Show the text as it is, or rendered",
  forward: "Look at the next seed",
  back: "Look at the seed before",
  card_down: "Go to the next card of this seed",
  card_up: "Go to the card before",
  help: "This sheet",
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

const KEY_SIGNS = { ArrowRight: "→", ArrowLeft: "←", ArrowUp: "↑", ArrowDown: "↓", PageUp: "Page ↑", PageDown: "Page ↓" };
const keyOf = {};
const actionBehind = {};

// From now on these keys count: {action: key}.
function useKeys(keys) {
  for (const known of [keyOf, actionBehind]) for (const name of Object.keys(known)) delete known[name];
  for (const [action, key] of Object.entries(keys)) {
    keyOf[action] = key;
    actionBehind[key] = action;
  }
}

// As the settings name a key: "a", "?", "ArrowLeft", or "Shift+a"; capital letters by Caps Lock are small ones.
function keyName({ key, shiftKey }) {
  if (key.length > 1) return shiftKey ? `Shift+${key}` : key;
  const small = key.toLowerCase();
  return shiftKey && small !== key.toUpperCase() ? `Shift+${small}` : small;
}

function isTyping(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement) || target.closest("dialog:not([open])")) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)
    || ["combobox", "listbox", "option", "slider", "menuitem"].includes(target.getAttribute("role"));
}

// A filter that has been chosen keeps no keys from the pane.
function leaveChooser() {
  if (document.activeElement?.getAttribute("role") === "combobox") document.activeElement.blur();
}

// Space presses buttons and opens what is folded.
function isPressable(event) {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && target.closest("button, summary, a, [role=button], [role=tab], [role=switch], [role=checkbox]") !== null;
}

function dialogIsOpen() {
  return document.querySelector('[role="dialog"], dialog[open]') !== null;
}

// What a key press asks for: {action, reason?}, or null where the key is not ours to take.
function actionOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return null;
  if (isTyping(event) || dialogIsOpen()) return null;
  if (/^[1-9]$/.test(event.key)) return { action: "reject", reason: REASONS[Number(event.key) - 1] };
  if (event.key === " ") return { action: "scroll", reason: event.shiftKey ? "up" : "down" };
  const action = actionBehind[keyName(event)];
  return action ? { action } : null;
}

function shownKey(key) {
  return key.split("+").filter(Boolean).map((part) => KEY_SIGNS[part] ?? (part.length > 1 ? part : part.toUpperCase())).join(" ") || key;
}

function keyCap(key) {
  return element("kbd", {}, shownKey(key));
}

// The cap of an action's key, which follows the settings (see labelKeys).
function keyCapOf(action) {
  return element("kbd", { "data-key-of": action }, shownKey(keyOf[action] ?? ""));
}

// Writes the keys that count now on all caps, titles and shortcuts below a node.
function labelKeys(root) {
  for (const cap of root.querySelectorAll("[data-key-of]")) cap.textContent = shownKey(keyOf[cap.dataset.keyOf] ?? "");
  for (const button of root.querySelectorAll("[data-action]")) {
    const { action } = button.dataset;
    button.title = `${ACTIONS[action]} (${shownKey(keyOf[action] ?? "")})`;
    button.setAttribute("aria-keyshortcuts", keyOf[action] ?? "");
  }
}

const BURST_SECONDS = 5;

// Keys of a burst that outran the seeds on their way: they are taken, in order, once the seeds are here. Where the
// page is loaded anew before that, other seeds may come: then they are dropped, and it is said which.
class KeysAhead {
  constructor(storage, place) {
    this.storage = storage;
    this.place = place;
    this.pressedAt = 0;
    this.dropped = this.stored();
    this.commands = [];
  }

  // Whether a command has to wait; what comes after one that waits, waits behind it. A key by itself
  // does not wait: nobody means a seed that may come later.
  keeps(command, queue) {
    const burst = Date.now() - this.pressedAt < BURST_SECONDS * 1000;
    this.pressedAt = Date.now();
    const now = queue.current || queue.exhausted || !burst || ["undo", "redo"].includes(command.action);
    if (now && !this.commands.length) return false;
    this.commands.push(command);
    this.store();
    return true;
  }

  take() {
    const { commands } = this;
    this.commands = [];
    if (commands.length) this.store();
    return commands;
  }

  // Another view has other seeds: what waits for those of this one is not meant for them.
  drop() {
    this.dropped.push(...this.take().map((command) => command.action));
  }

  // What has been dropped since this was last asked, as notices that stay until they are closed.
  told(seed) {
    const actions = this.dropped.map((action) => action.replaceAll("_", " "));
    this.dropped = [];
    if (!actions.length) return [];
    const stands = seed ? `You are at seed ${seed.id}.` : "No seed is on the screen.";
    const were = actions.length === 1 ? "was" : "were";
    return [{ stays: true, text: `${plural(actions.length, "key")} typed ahead of the seeds ${were} dropped when the page changed, and decided nothing: ${actions.join(", ")}. ${stands}` }];
  }

  store() {
    try {
      if (this.commands.length) this.storage.setItem(this.place, JSON.stringify(this.commands.map((command) => command.action)));
      else this.storage.removeItem(this.place);
    } catch {
      // Without a storage a reload forgets them, as it forgets all that is on the screen.
    }
  }

  stored() {
    try {
      const actions = JSON.parse(this.storage.getItem(this.place));
      this.storage.removeItem(this.place);
      return Array.isArray(actions) ? actions.filter((action) => action in ACTIONS) : [];
    } catch {
      return [];
    }
  }
}
