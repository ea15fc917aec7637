// The pane's dialogs: a note for who rewrites a seed. The keys and settings have a file of their own.

// Closes a dialog so that the next key is a command again: the browser would keep the focus in the hidden
// dialog until it draws the next frame.
function leaveDialog(dialog) {
  dialog.close();
  const focused = dialog.getRootNode().activeElement;
  if (dialog.contains(focused)) focused.blur();
}

// Escape is taken as it is pressed, not when the browser comes to cancel the dialog.
function leaveByEscape(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    leaveDialog(dialog);
  });
  return dialog;
}

// `submit` gets the seed that the note was opened for: another may be on the screen by then.
function buildNoteDialog(submit) {
  const text = element("textarea", { rows: 5, id: "note", placeholder: "What should change? For example: state the unit of the answer." });
  const link = element("a", { target: "_blank", rel: "noopener" }, "Write the rewrite yourself");
  const dialog = leaveByEscape(element("dialog", { className: "note", "aria-labelledby": "note-title" }));
  let about = null;
  const send = () => { leaveDialog(dialog); submit(about, text.value.trim()); };
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
  });
  dialog.append(element("h3", { id: "note-title" }, "Needs a rewrite"), element("label", { htmlFor: "note" }, "Note for whoever rewrites it"), text,
    element("div", { className: "row" },
      element("button", { type: "button", className: "good", onclick: send }, "Send to rewriting ", keyCap("Ctrl"), keyCap("Enter")),
      element("button", { type: "button", onclick: () => leaveDialog(dialog) }, "Leave ", keyCap("Esc")), link));
  const open = (seed) => {
    about = seed;
    text.value = "";
    link.href = `rewrites?seed=${seed.id}`;
    dialog.showModal();
    text.focus();
  };
  return { dialog, open };
}
