// What the components of this folder call: the triage pane, a seed's evidence, a text, a thinking.

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
let listening = null;

// Streamlit calls this again with each new data; the pane lives as long as its root.
function mountTriage(component) {
  const root = component.parentElement;
  if (!panes.has(root)) {
    declareFonts();
    root.adoptedStyleSheets = [KATEX_STYLE, PANE_STYLE];
    // While a page gives way to another two can be there: only the newer one takes keys.
    listening?.stop();
    listening = new TriagePane(root, component);
    panes.set(root, listening);
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

// What has been opened stays open while the page around it runs again.
const drawnSteps = new WeakMap();

function mountThinking(component) {
  const root = component.parentElement;
  const steps = JSON.stringify(component.data.steps);
  if (drawnSteps.get(root) === steps && root.querySelector(".shown")) return;
  drawnSteps.set(root, steps);
  replaceShown(component, thinkingView(component.data.steps));
}

// The evidence as the pane draws it, without keys: the page around it has its own buttons.
function mountSeed(component) {
  let raw = false;
  const draw = () => {
    const [left, right] = seedColumns(component.data.seed, raw, null);
    const toggle = element("button", { type: "button", "aria-pressed": String(raw), onclick: () => { raw = !raw; draw(); } }, "Raw text");
    const { seed, user } = component.data;
    const chips = [verdictChip(seed.verdict), ...tagChips(seed), reviewerChip(seed, user)].filter(Boolean);
    replaceShown(component, element("div", { className: "top" }, chips, toggle),
      element("div", { className: "columns" }, element("div", { className: "left" }, left), element("div", { className: "right" }, right)));
  };
  draw();
}

export default () => {
  globalThis.seedbedPanes = { mountTriage, unmountTriage, mountText, mountThinking, mountSeed };
  globalThis.dispatchEvent(new Event("seedbed-panes"));
};
