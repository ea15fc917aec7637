// A teacher's thinking in steps: folded, searched, under a ruler that says how far into it a step stands.

const MOST_OPENED = 20;
const SHOWN_WORDS = 140;

function firstWords(text) {
  const words = text.trim().replace(/\s+/g, " ");
  return words.length > SHOWN_WORDS ? `${words.slice(0, SHOWN_WORDS)}…` : words;
}

// The text cut where the words stand, for `markedText`.
function foundParts(text, pattern) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push([text.slice(from, match.index), ""], [match[0], "shared"]);
    from = match.index + match[0].length;
  }
  parts.push([text.slice(from), ""]);
  return parts.filter(([part]) => part);
}

// What was found to be wrong and what is searched for are marked in the text as it stands; else it is drawn.
function stepBody(step, pattern) {
  if (pattern) return markedText(foundParts(step.text, pattern));
  return step.parts ? markedText(step.parts) : showText(step.text);
}

function thinkingStep(step, index, steps, segment) {
  const total = steps.at(-1).end;
  const body = element("div", { className: "body" });
  const box = element("details", { className: step.parts ? "step wrong" : "step" },
    element("summary", {}, element("b", {}, String(index + 1)), element("span", { className: "words" }, firstWords(step.text)),
      element("span", { className: "at" }, `${step.end.toLocaleString("en")} of ${plural(total, "token")}`)), body);
  let pattern = null;
  const draw = () => {
    segment.classList.toggle("open", box.open);
    body.replaceChildren(...(box.open ? [stepBody(step, pattern)] : []));
  };
  box.addEventListener("toggle", draw);
  segment.addEventListener("click", () => { box.open = true; box.scrollIntoView({ block: "nearest" }); });
  return {
    box,
    step,
    search(wanted, opened) {
      pattern = wanted;
      box.hidden = false;
      box.open = opened;
      draw();
    },
  };
}

function thinkingRuler(steps) {
  const total = steps.at(-1).end;
  const segments = steps.map((step, index) => element("span", {
    className: step.parts ? "wrong" : "", title: `Step ${index + 1}, up to token ${step.end.toLocaleString("en")}`,
    style: { "flex-grow": String(Math.max(step.end - (steps[index - 1]?.end ?? 0), 1)) } }));
  const label = `${plural(steps.length, "step")}, about ${plural(total, "token")}`;
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => element("span", {}, Math.round(part * total).toLocaleString("en")));
  return { segments, box: element("div", {}, element("div", { className: "ruler", role: "img", "aria-label": label }, segments),
    element("div", { className: "scale" }, marks)) };
}

function thinkingView(steps) {
  const ruler = thinkingRuler(steps);
  const shown = steps.map((step, index) => thinkingStep(step, index, steps, ruler.segments[index]));
  const status = element("span", { className: "muted", role: "status" });
  const open = (which, limit = MOST_OPENED) => {
    let left = limit;
    for (const each of shown) each.search(null, which(each) && left-- > 0);
    status.textContent = "";
  };
  const search = (words) => {
    if (!words) { open(isMarkedOrFirst); return; }
    const pattern = new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
    let fitting = 0;
    for (const each of shown) {
      const fits = each.step.text.search(pattern) >= 0;
      fitting += fits;
      each.search(pattern, fits && fitting <= MOST_OPENED);
      each.box.hidden = !fits;
    }
    status.textContent = fitting ? `In ${fitting.toLocaleString("en")} of ${plural(steps.length, "step")}` : "Nowhere in the thinking";
  };
  const isMarkedOrFirst = ({ step }) => step.parts || step === steps[0];
  const field = element("input", { type: "search", placeholder: "Search in the thinking", "aria-label": "Search in the thinking",
    oninput: () => search(field.value.trim()) });
  const all = (opened) => { field.value = ""; open(() => opened, steps.length); };
  open(isMarkedOrFirst);
  return element("div", { className: "thinking" }, ruler.box,
    element("div", { className: "row" }, field,
      element("button", { type: "button", onclick: () => all(true) }, "Open all"),
      element("button", { type: "button", onclick: () => all(false) }, "Close all"), status),
    shown.map(({ box }) => box));
}
