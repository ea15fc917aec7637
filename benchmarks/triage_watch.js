// Runs in the triage page before its own scripts: how long from a key or a click to the paint that shows its effect.
(() => {
  let input = 0;
  let pane = null;
  let waiting = null;
  const pressed = [];
  const channel = new MessageChannel();

  function findPane() {
    if (pane?.isConnected) return pane;
    for (const host of document.querySelectorAll("*")) {
      const found = host.shadowRoot?.querySelector(".pane.triage");
      if (found) pane = found;
    }
    return pane;
  }

  // The heading of the seed on the screen, or the words that there is none; null while seeds are fetched.
  function shown() {
    const box = findPane();
    const seed = box?.querySelector('[data-testid="seed"]');
    if (seed) return seed;
    const empty = box?.querySelector('[data-testid="empty"]');
    return empty && !empty.textContent.startsWith("Fetching") ? empty : null;
  }

  const textOf = (node) => (node?.dataset.testid === "seed" ? node.textContent : "");
  for (const kind of ["keydown", "pointerdown"]) {
    addEventListener(kind, (event) => {
      input = event.timeStamp;
      if (kind === "keydown") pressed.push([event.key, textOf(shown())]);
    }, true);
  }

  // A message that is posted in a frame arrives after its paint.
  channel.port1.onmessage = () => {
    const { resolve, since, node } = waiting;
    waiting = null;
    resolve({ ms: performance.now() - (since ?? input), seed: textOf(node) });
  };
  function frame() {
    if (!waiting) return;
    const node = shown();
    if (node && waiting.isThere(node)) {
      waiting.node = node;
      channel.port2.postMessage(null);
    } else requestAnimationFrame(frame);
  }

  const viewOf = () => findPane()?.dataset.view;

  // The time until another seed is drawn; without `another` until another view is, whose first seed may be the same.
  function watch(another, since = null) {
    const [text, view] = since === null ? [textOf(shown()), viewOf()] : ["", ""];
    const isThere = another ? (node) => textOf(node) !== text : () => Boolean(viewOf()) && viewOf() !== view;
    const done = new Promise((resolve) => { waiting = { isThere, since, resolve }; });
    requestAnimationFrame(frame);
    return done;
  }

  let result = null;
  globalThis.triageWatch = {
    begin(another) { result = watch(another); },
    end: () => result,
    loaded: watch(false, 0),
    pressed,
  };
})();
