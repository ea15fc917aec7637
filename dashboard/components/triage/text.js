// Seeds are other people's text: shown as Markdown and LaTeX, never run, never fetching anything.

const LONGEST_RENDERED = 20000;
const LONGEST_SHOWN = 60000;

const DELIMITERS = [
  { open: "$$", close: "$$", display: true },
  { open: "\\[", close: "\\]", display: true },
  { open: "\\(", close: "\\)", display: false },
  { open: "$", close: "$", display: false },
];
const ENVIRONMENT = /^\\begin\{(align|aligned|equation|gather|cases|array|[bpvBV]?matrix)(\*?)\}/;

// The formula that begins at `start`, or null: {source, display, end}.
function formulaAt(text, start) {
  const environment = ENVIRONMENT.exec(text.slice(start, start + 24));
  if (environment) {
    const close = `\\end{${environment[1]}${environment[2]}}`;
    const end = text.indexOf(close, start);
    if (end < 0) return null;
    return { source: text.slice(start, end + close.length), display: true, end: end + close.length };
  }
  const kind = DELIMITERS.find((delimiter) => text.startsWith(delimiter.open, start));
  if (!kind) return null;
  const from = start + kind.open.length;
  let end = text.indexOf(kind.close, from);
  while (end > 0 && kind.open.startsWith("$") && text[end - 1] === "\\") end = text.indexOf(kind.close, end + 1);
  if (end <= from) return null;
  const source = text.slice(from, end);
  // "$5 and $10" is money: a formula touches both its dollar signs and no digit follows it.
  const isMoney = /^\s|\s$/.test(source) || /\d/.test(text[end + 1] ?? "");
  if (kind.open === "$" && isMoney) return null;
  return { source, display: kind.display, end: end + kind.close.length };
}

function mathInline(state, silent) {
  const formula = formulaAt(state.src, state.pos);
  if (!formula) return false;
  if (!silent) state.push("math", "", 0).meta = formula;
  state.pos = formula.end;
  return true;
}

// A display formula on lines of its own may hold what Markdown would take for lists or rules.
function mathBlock(state, startLine, endLine, silent) {
  const start = state.bMarks[startLine] + state.tShift[startLine];
  const formula = formulaAt(state.src, start);
  if (!formula || !formula.display) return false;
  let line = startLine;
  while (line < endLine && state.eMarks[line] < formula.end) line += 1;
  if (line >= endLine || state.src.slice(formula.end, state.eMarks[line]).trim()) return false;
  if (silent) return true;
  state.push("math", "", 0).meta = formula;
  state.line = line + 1;
  return true;
}

const markdown = markdownit({ html: false, linkify: false, breaks: true });
markdown.disable(["image"]);
markdown.inline.ruler.before("escape", "math", mathInline);
markdown.block.ruler.before("code", "math", mathBlock, { alt: ["paragraph"] });
markdown.renderer.rules.math = (tokens, index) => {
  const { source, display } = tokens[index].meta;
  const escaped = markdown.utils.escapeHtml(source);
  return `<span class="formula" data-display="${display}">${escaped}</span>`;
};

const ALLOWED = {
  ALLOWED_TAGS: [
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
  ],
  ALLOWED_ATTR: ["href", "class", "data-display", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  RETURN_DOM_FRAGMENT: true,
};

function typeset(node) {
  const source = node.textContent;
  const display = node.dataset.display === "true";
  try {
    katex.render(source, node, {
      displayMode: display, throwOnError: true, trust: false, strict: "ignore", maxSize: 30, maxExpand: 300,
    });
  } catch (error) {
    node.replaceChildren(display ? `$$${source}$$` : `$${source}$`);
    node.classList.add("broken");
    node.title = String(error.message ?? error);
  }
}

const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, td, th";
const TURNED = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

// Each paragraph runs as its own first letter says. Formulas and code run from left to right, and say nothing of
// the text around them; what holds several paragraphs is laid out as the first of them.
function setDirections(box) {
  for (const block of box.querySelectorAll(BLOCKS)) block.dir = "auto";
  for (const inner of box.querySelectorAll(".formula, code, pre")) inner.dir = "ltr";
  for (const outer of box.querySelectorAll("ul, ol, table, blockquote")) outer.dir = TURNED.test(outer.textContent) ? "rtl" : "ltr";
}

function renderedText(text) {
  const box = element("div", { className: "prose" });
  box.append(DOMPurify.sanitize(markdown.render(text), ALLOWED));
  colourCode(box);
  for (const node of box.querySelectorAll(".formula")) typeset(node);
  setDirections(box);
  for (const link of box.querySelectorAll("a")) {
    link.rel = "noopener noreferrer nofollow";
    link.target = "_blank";
  }
  return box;
}

function plainText(text) {
  const box = element("pre", { className: "plain", dir: "auto" }, text.slice(0, LONGEST_SHOWN));
  if (text.length <= LONGEST_SHOWN) return box;
  const rest = plural(text.length - LONGEST_SHOWN, "further character");
  const more = element("button", { type: "button", onclick: () => box.replaceChildren(text) }, `Show ${rest}`);
  box.append("\n", more);
  return box;
}

function showText(text, raw = false) {
  const visible = visibleText(text ?? "");
  if (raw) return plainText(visible);
  if (visible.length > LONGEST_RENDERED) {
    const length = plural(visible.length, "character");
    return element("div", {}, muted(`Long text (${length}), shown without formatting.`), plainText(visible));
  }
  try {
    return renderedText(visible);
  } catch (error) {
    return element("div", {}, muted(`Shown without formatting: ${error.message}`), plainText(visible));
  }
}
