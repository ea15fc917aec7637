// Small helpers: elements without ever parsing markup, all their text visible; numbers and times for people.

// Marks that turn text around or hide in it, and control characters, are shown by their code point.
const HIDDEN_MARKS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

function visibleText(text) {
  return text.replace(HIDDEN_MARKS, (mark) => {
    return `⟨U+${mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
    else if (name in node && name !== "list") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  const present = children.flat().filter((child) => child !== null && child !== undefined && child !== false);
  node.append(...present.map((child) => (typeof child === "string" ? visibleText(child) : child)));
  return node;
}

function card(title, ...children) {
  const heading = element("h3", {}, title);
  return element("section", { className: "card", tabIndex: -1 }, heading, ...children);
}

function muted(text) {
  return element("p", { className: "muted" }, text);
}

function share(value) {
  return value === null || value === undefined ? "–" : value.toFixed(2);
}

function percent(value) {
  return `${Math.round(100 * value)}%`;
}

function plural(count, noun, nouns = `${noun}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : nouns}`;
}

function money(value) {
  if (!value) return "free";
  return `$${value < 0.01 ? value.toPrecision(2) : value.toFixed(2)}`;
}

// Errors of the API begin small and have no full stop.
function sentence(text) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

function when(timestamp) {
  const time = new Date(timestamp);
  if (Number.isNaN(time.getTime())) return "";
  return time.toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

// crypto.randomUUID exists on secure origins only; an inner network over plain HTTP is none.
function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
