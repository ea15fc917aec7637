// What the two components of this folder call: the triage pane, and a text shown on its own.

const KATEX_STYLE = sheetOf(KATEX_CSS);
const PANE_STYLE = sheetOf(PANE_CSS);

function sheetOf(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

// Font faces count only in the document, not inside a shadow root.
function declareFonts() {
  if (document.getElementById("seedbed-fonts")) return;
  document.head.append(element("style", { id: "seedbed-fonts" }, FONT_CSS));
}

const panes = new WeakMap();

// Streamlit calls this again with each new data; the pane lives as long as its root.
function mountTriage(component) {
  const root = component.parentElement;
  if (!panes.has(root)) {
    declareFonts();
    root.adoptedStyleSheets = [KATEX_STYLE, PANE_STYLE];
    panes.set(root, new TriagePane(root, component));
  }
  panes.get(root).update(component);
}

function unmountTriage(root) {
  panes.get(root)?.stop();
  panes.delete(root);
}

function replaceShown(component, ...content) {
  const root = component.parentElement;
  declareFonts();
  root.adoptedStyleSheets = [KATEX_STYLE, PANE_STYLE];
  root.querySelector(".shown")?.remove();
  root.append(element("div", { className: "shown pane" }, ...content));
}

function mountText(component) {
  replaceShown(component, showText(component.data.text, component.data.raw));
}

// The evidence as the pane draws it, without keys: the page around it has its own buttons.
function mountSeed(component) {
  let raw = false;
  const draw = () => {
    const [left, right] = seedColumns(component.data.seed, raw, null);
    const toggle = element("button", { type: "button", "aria-pressed": String(raw), onclick: () => { raw = !raw; draw(); } }, "Raw text");
    replaceShown(component, element("div", { className: "top" }, verdictChip(component.data.seed.verdict), toggle),
      element("div", { className: "columns" }, element("div", { className: "left" }, left), element("div", { className: "right" }, right)));
  };
  draw();
}

export default () => {
  globalThis.seedbedPanes = { mountTriage, unmountTriage, mountText, mountSeed };
  globalThis.dispatchEvent(new Event("seedbed-panes"));
};
