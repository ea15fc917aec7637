// Reading a seed by the keyboard: long prompts are folded to a screen, cards are stepped through, Space scrolls.

// Folds what is higher than most of a screen; only what stands in the page has a height.
function foldLong(box) {
  if (box.scrollHeight <= 0.6 * window.innerHeight) return;
  box.classList.add("folded");
  const unfold = element("button", { type: "button", "aria-expanded": "false", onclick: () => { box.classList.remove("folded"); unfold.remove(); } }, "Show all");
  box.after(unfold);
}

// The card after (or before) the one that holds the focus.
function stepCard(columns, by) {
  const cards = [...columns.querySelectorAll(".card")];
  const at = cards.indexOf(columns.getRootNode().activeElement?.closest(".card"));
  const card = cards[Math.max(0, Math.min(cards.length - 1, at + by))];
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
}

function scrollingParent(node) {
  for (let at = node; at; at = at.parentNode instanceof ShadowRoot ? at.parentNode.host : at.parentElement) {
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
}

function scrollOn(node, by) {
  const scroller = scrollingParent(node);
  scroller.scrollBy({ top: by * 0.8 * scroller.clientHeight });
}
