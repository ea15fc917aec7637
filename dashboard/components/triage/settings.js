// The sheet of keys, which is where a user changes them: saved at once by the API, which says what cannot be.

const TEXT_SIZES = { small: "Small", normal: "Normal", large: "Large", largest: "Largest" };
const MODIFIERS = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead"];

class SettingsSheet {
  // `save` gets changed settings; null means the defaults.
  constructor(save) {
    this.save = save;
    this.waitingFor = null;
    this.dialog = element("dialog", { className: "help", "aria-label": "Keys and settings" });
    // Before Escape closes the sheet, it ends the wait for a key.
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    leaveByEscape(this.dialog);
    this.state = element("p", { className: "muted", role: "status", "data-testid": "settings-state" });
    this.keys = element("dl", {});
    this.advance = element("input", { type: "checkbox", onchange: () => this.save({ auto_advance: this.advance.checked }) });
    this.size = element("select", { onchange: () => this.save({ text_size: this.size.value }) },
      Object.entries(TEXT_SIZES).map(([value, label]) => element("option", { value }, label)));
    this.dialog.append(element("h3", {}, "Keys and settings"), element("div", { className: "sheets" }, this.ownKeys(), this.reasons(), this.others()),
      element("div", { className: "row" },
        element("button", { type: "button", onclick: () => leaveDialog(this.dialog) }, "Close ", keyCap("Esc")),
        element("button", { type: "button", onclick: () => this.save(null) }, "Back to the defaults"), this.state));
  }

  ownKeys() {
    return element("div", {}, element("h4", {}, "Your keys"), muted("Click a key to change it."), this.keys);
  }

  reasons() {
    return this.fixed("Reject with a reason", REASONS.map((reason, index) => [keyCap(String(index + 1)), reason]));
  }

  others() {
    const fixed = this.fixed("Always the same", [
      [keyCap("Space"), "Scroll on; with Shift back"],
      [element("span", {}, keyCap("Ctrl"), " ", keyCap("Enter")), "Send the note (⌘ Enter on a Mac)"],
      [keyCap("Esc"), "Leave the text box or this sheet"],
    ]);
    fixed.append(element("h4", {}, "Your settings"),
      element("label", { className: "choice" }, this.advance, " Move on after a decision"),
      element("label", { className: "choice" }, "Size of the text ", this.size));
    return fixed;
  }

  fixed(title, entries) {
    return element("div", {}, element("h4", {}, title),
      element("dl", {}, ...entries.flatMap(([key, label]) => [element("dt", {}, key), element("dd", {}, label)])));
  }

  open() {
    this.dialog.showModal();
  }

  // Shows the settings that count, and what became of the last change.
  show(settings, state = "") {
    this.settings = settings;
    this.waitingFor = null;
    this.advance.checked = settings.auto_advance;
    this.size.value = settings.text_size;
    this.state.textContent = visibleText(state);
    const focused = this.keys.getRootNode().activeElement?.dataset?.change;
    this.keys.replaceChildren(...Object.entries(ACTIONS).flatMap(([action, label]) => [
      element("dt", {}, element("button", {
        type: "button", className: "key", "data-change": action, "aria-label": `${label}: ${shownKey(settings.keys[action])}. Change`,
        onclick: (event) => this.wait(action, event.currentTarget),
      }, keyCap(settings.keys[action]))),
      element("dd", {}, label),
    ]));
    if (focused) this.keys.querySelector(`[data-change="${focused}"]`)?.focus();
  }

  wait(action, button) {
    this.waitingFor = action;
    this.state.textContent = `Press the new key for “${ACTIONS[action]}”, or Esc to keep the old one.`;
    for (const other of this.keys.querySelectorAll(".waits")) other.classList.remove("waits");
    button.classList.add("waits");
    button.focus();
  }

  key(event) {
    if (!this.waitingFor) {
      if (actionBehind[keyName(event)] === "help" && !isTyping(event)) { event.preventDefault(); event.stopPropagation(); leaveDialog(this.dialog); }
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (MODIFIERS.includes(event.key) || event.repeat || event.isComposing) return;
    const action = this.waitingFor;
    if (event.key === "Escape") return this.show(this.settings);
    const held = ["Ctrl", "Alt", "Meta"].filter((name) => event[`${name.toLowerCase()}Key`]);
    this.waitingFor = null;
    this.save({ keys: { ...this.settings.keys, [action]: [...held, keyName(event)].join("+") } });
  }
}
