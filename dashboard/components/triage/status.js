// What the pane says of itself: saved or not, how far the curator is, a failure, what was not taken.

class StatusLine {
  constructor(retry) {
    this.line = element("div", { className: "saving", role: "status", "data-testid": "saving" });
    this.banner = element("div", { className: "banner", role: "alert", hidden: true, "data-testid": "failure" });
    this.retry = retry;
  }

  draw({ outbox, courier, tally: { left, exact, progress } }) {
    const waiting = outbox.entries.length;
    const { failure } = courier;
    const saved = waiting ? `Saving ${waiting}…` : "All saved";
    this.line.replaceChildren(
      element("span", { "data-testid": "pace", hidden: !progress }, progress ? paceInWords(progress) : ""),
      element("span", { "data-testid": "left" }, left === null ? "" : leftInWords(left, exact)),
      element("span", { className: failure ? "bad-text" : "" }, failure ? "Not saved" : saved));
    this.banner.hidden = !failure;
    if (failure) this.drawFailure(failure, waiting, outbox.durable);
  }

  drawFailure(failure, waiting, durable) {
    const seconds = Math.max(0, Math.ceil((failure.until - Date.now()) / 1000));
    const kept = durable ? "kept in this browser" : "kept in this tab only: do not close it";
    const lost = waiting
      ? `${plural(waiting, "decision")} not saved yet, ${kept}. Nothing more is taken until ${waiting === 1 ? "it is" : "they are"}.`
      : "Nothing is taken meanwhile.";
    const text = `${sentence(failure.message)} ${lost} ${seconds ? `Trying again in ${seconds} s.` : "Trying again…"}`;
    this.banner.replaceChildren(element("span", {}, text), element("button", { type: "button", onclick: this.retry }, "Try now"));
  }

  // Draws the eye to the failure that keeps a key from being taken.
  nudge() {
    this.banner.classList.remove("again");
    requestAnimationFrame(() => this.banner.classList.add("again"));
  }
}

// A count that the server has estimated keeps the two digits that it is good for.
function leftInWords(left, exact) {
  const shown = exact ? left : Number(left.toPrecision(2));
  return `${exact ? "" : "about "}${shown.toLocaleString("en")} left`;
}

function paceInWords({ mine_today: today, median_seconds: median }) {
  const pace = median === null ? "" : ` · ${median < 10 ? median.toFixed(1) : Math.round(median)} s each`;
  return `${today.toLocaleString("en")} today${pace}`;
}

function noticeBox({ text, seedId, stays }, show, close) {
  return element("div", { className: "notice", "data-testid": "notice" }, text,
    seedId ? element("button", { type: "button", onclick: () => show(seedId) }, `Show seed ${seedId}`) : null,
    stays ? element("button", { type: "button", onclick: close }, "Close") : null);
}

// Most notices go with the next decision; what must be read stays until it is closed.
function lasting(notices) {
  return notices.filter((notice) => notice.stays);
}
