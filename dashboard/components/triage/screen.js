// What the pane draws, into a skeleton that stays: the seed, the status line, what was not taken.

class PaneScreen {
  constructor(root, { run, retry, dialogs }) {
    this.heading = element("div", { className: "heading", "aria-live": "polite" });
    this.status = new StatusLine(retry);
    this.notes = element("div", { className: "notices", role: "alert" });
    this.leftColumn = element("div", { className: "left" });
    this.rightColumn = element("aside", { className: "right", "aria-label": "Evidence" });
    this.columns = element("div", { className: "columns" }, this.leftColumn, this.rightColumn);
    this.box = element("div", { className: "pane triage" },
      element("div", { className: "top" }, this.heading, this.status.line, buildTools(run)),
      this.status.banner, this.notes, this.columns, buildActions(run), dialogs);
    this.drawn = null;
    root.append(this.box);
  }

  draw(pane) {
    const seed = pane.queue.current;
    const close = (notice) => {
      pane.notices = pane.notices.filter((known) => known !== notice);
      pane.draw();
    };
    this.notes.replaceChildren(...pane.notices.map((notice) => noticeBox(notice, (seedId) => pane.show(seedId), () => close(notice))));
    this.box.querySelector(".raw-toggle").setAttribute("aria-pressed", String(pane.raw));
    this.box.classList.toggle("without-seed", !seed);
    this.box.dataset.view = pane.queue.loaded ? pane.view : ""; // whose seeds these are
    if (this.isDrawn(pane, seed)) return;
    const [left, right] = seed
      ? seedColumns(seed, pane.raw, (kind, hit) => pane.settleHit(kind, hit))
      : [[emptyState(pane.queue, pane.isFetching, pane.ahead.commands.length)], []];
    this.heading.replaceChildren(...(seed ? headingOf(pane.queue, seed, pane.user.name) : []));
    this.leftColumn.replaceChildren(...left);
    this.rightColumn.replaceChildren(...right);
    if (seed) foldLong(this.leftColumn.querySelector(".prompt .body"));
  }

  // Whether the screen shows this already: what the curator has opened or scrolled to stays as it is.
  isDrawn(pane, seed) {
    const state = seed
      ? [seed.id, pane.raw, pane.queue.marks.get(seed.id), seed.flagged, seed.hits.map((hit) => hit.state)]
      : [pane.isFetching, pane.queue.marks.size, pane.ahead.commands.length];
    const before = this.drawn;
    this.drawn = JSON.stringify(state);
    return this.drawn === before;
  }

  // The user's settings, on what is drawn already too.
  follow(settings) {
    useKeys(settings.keys);
    labelKeys(this.box);
    this.box.dataset.textSize = settings.text_size;
  }
}
