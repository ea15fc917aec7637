// Code in fences, coloured by the language that the fence names: guessing would cost time and be wrong.

const LANGUAGE = /^language-([\w+#-]{1,20})$/;
const LONGEST_COLOURED = 10000;
const SPANS = { ALLOWED_TAGS: ["span"], ALLOWED_ATTR: ["class"], RETURN_DOM_FRAGMENT: true };

function colourCode(box) {
  for (const code of box.querySelectorAll("pre > code[class]")) {
    const language = LANGUAGE.exec(code.className)?.[1].toLowerCase();
    const text = code.textContent;
    if (!language || !hljs.getLanguage(language) || text.length > LONGEST_COLOURED) continue;
    code.replaceChildren(DOMPurify.sanitize(hljs.highlight(text, { language, ignoreIllegals: true }).value, SPANS));
  }
}
