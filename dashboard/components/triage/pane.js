// The triage pane: takes a decision at once, shows the next seed, and saves behind it.

const LOW = 20;
const HEARTBEAT_SECONDS = 60;
const IDLE_SECONDS = 600;
const FINAL = ["accept", "reject", "needs_rewrite"];

class TriagePane {
  constructor(root, component) {
    this.component = component;
    this.view = null;
    this.raw = false;
    this.left = null;
    this.ids = new Map();
    this.release = [];
    this.drawn = null;
    this.notices = [];
    this.autoAdvance = localStorage.getItem("seedbed.auto_advance") !== "off";
    this.queue = new SeedQueue();
    this.outbox = new Outbox(localStorage, `seedbed.outbox.${component.data.user}.`);
    this.courier = new Courier((request) => this.component.setTriggerValue("request", request), () => this.pump());
    this.build(root);
    this.onKey = (event) => this.key(event);
    this.onActive = () => { this.activeAt = Date.now(); };
    this.onActive();
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("pointerdown", this.onActive);
    this.clock = setInterval(() => this.tick(), 1000);
    this.beatAt = Date.now();
  }

  build(root) {
    const run = (command) => this.run(command);
    this.heading = element("div", { className: "heading", "aria-live": "polite" });
    this.saving = element("div", { className: "saving", role: "status", "data-testid": "saving" });
    this.banner = element("div", { className: "banner", role: "alert", hidden: true, "data-testid": "failure" });
    this.notes = element("div", { className: "notices", role: "alert" });
    this.leftColumn = element("div", { className: "left" });
    this.rightColumn = element("aside", { className: "right", "aria-label": "Evidence" });
    this.columns = element("div", { className: "columns" }, this.leftColumn, this.rightColumn);
    this.note = buildNoteDialog((reason) => this.decide("needs_rewrite", reason || null));
    this.help = buildHelpDialog();
    const tools = buildTools(run, this.autoAdvance, (on) => {
      this.autoAdvance = on;
      localStorage.setItem("seedbed.auto_advance", on ? "on" : "off");
    });
    this.box = element("div", { className: "pane triage" },
      element("div", { className: "top" }, this.heading, this.saving, tools),
      this.banner, this.notes, this.columns, buildActions(run), this.note.dialog, this.help);
    root.append(this.box);
  }

  // New data from the server: a reply to our request, or another view.
  update(component) {
    this.component = component;
    const { view, reply } = component.data;
    if (view !== this.view) {
      this.view = view;
      this.release = this.queue.undecided.map((seed) => seed.id);
      this.queue.clear();
    }
    const request = this.courier.inFlight;
    if (this.courier.receive(reply)) {
      this.settle(reply.results);
      if (request.view === view) this.take(reply, request.want);
    }
    this.draw();
    this.pump();
  }

  take(reply, wanted) {
    this.queue.drop(reply.lost);
    const fresh = this.queue.merge(reply.seeds, (id) => this.outbox.holds(id));
    if (wanted) this.queue.exhausted = fresh === 0;
    if (reply.left !== null) this.left = Math.max(0, reply.left - this.pendingFinal());
    if (reply.restored) this.queue.restore(reply.restored);
  }

  pendingFinal() {
    return this.outbox.entries.filter((entry) => FINAL.includes(entry.kind)).length;
  }

  settle(results) {
    for (const result of results) {
      if (result.decision_id) {
        this.ids.set(result.token, result.decision_id);
        this.outbox.resolve(result.token, result.decision_id);
      }
      if (result.status === "rejected") this.refused(result);
      else this.confirmWaiting(result.token);
    }
    this.outbox.settle(results.map((result) => result.token));
  }

  // A seed decided before a reload was marked as waiting; now it is known to be saved.
  confirmWaiting(token) {
    const entry = this.outbox.entries.find((waiting) => waiting.token === token);
    if (entry && this.queue.marks.get(entry.seed_id)?.kind === "waiting") {
      this.queue.marks.set(entry.seed_id, { kind: entry.kind, reason: entry.reason });
    }
  }

  refused(result) {
    const entry = this.outbox.entries.find((waiting) => waiting.token === result.token);
    const index = this.queue.actions.findIndex((action) => action.token === result.token);
    if (index >= 0) {
      const [action] = this.queue.actions.splice(index, 1);
      const { position } = this.queue;
      this.queue.takeBack(action);
      this.queue.position = position;
      if (FINAL.includes(entry?.kind) && this.left !== null) this.left += 1;
    }
    const seedId = entry?.seed_id;
    const what = entry ? entry.kind.replaceAll("_", " ") : "decision";
    this.notices.push({ seedId, text: `Not taken: ${what}${seedId ? ` of seed ${seedId}` : ""}. ${result.error?.message ?? ""}` });
  }

  key(event) {
    this.onActive();
    if (this.note.dialog.open || this.help.open) return;
    const command = actionOf(event);
    if (!command) return;
    event.preventDefault();
    this.run(command);
  }

  run({ action, reason = null }) {
    if (action === "help") this.help.showModal();
    else if (action === "raw") this.toggleRaw();
    else if (action === "back" || action === "forward") this.look(action === "back" ? -1 : 1);
    else if (this.courier.failure) this.warn();
    else if (action === "undo") this.undo();
    else if (!this.queue.current) return;
    else if (action === "flag") this.flag();
    else if (action === "rewrite") this.note.open(this.queue.current);
    else if (action === "confirm_hit" || action === "dismiss_hit") this.settleHit(action);
    else this.decide(action, reason);
  }

  decide(kind, reason) {
    const seed = this.queue.current;
    if (!seed || this.courier.failure) return this.warn();
    const open = seed.hits.filter((hit) => hit.state === "open").length;
    if (kind === "accept" && open) {
      this.notices = [{ text: `Seed ${seed.id} stands in a benchmark: settle its ${plural(open, "open hit")} first (H confirms, D dismisses).` }];
      return this.draw();
    }
    this.post(seed, { kind, reason }, {});
    if (FINAL.includes(kind) && this.left !== null) this.left = Math.max(0, this.left - 1);
    this.queue.mark(seed, { kind, reason });
    if (this.autoAdvance) this.queue.advance();
    this.draw();
    this.pump();
  }

  flag() {
    const seed = this.queue.current;
    this.post(seed, { kind: seed.flagged ? "unflag" : "flag" }, { flagged: seed.flagged });
    seed.flagged = !seed.flagged;
    this.draw();
    this.pump();
  }

  settleHit(kind, chosen = null) {
    const seed = this.queue.current;
    const hit = chosen ?? seed?.hits.find((candidate) => candidate.state === "open");
    if (!hit) return;
    if (this.courier.failure) return this.warn();
    this.post(seed, { kind, hit_id: hit.id }, { hit: { id: hit.id, state: hit.state } });
    hit.state = kind === "confirm_hit" ? "confirmed" : "dismissed";
    this.draw();
    this.pump();
  }

  post(seed, decision, changes) {
    const token = newToken();
    this.notices = [];
    this.queue.record(token, seed, { kind: decision.kind, ...changes });
    this.outbox.add({ token, seed_id: seed.id, revision_id: seed.revision_id, ...decision });
  }

  undo() {
    const action = this.queue.actions.pop();
    this.notices = [];
    if (action) this.queue.takeBack(action);
    if (action && FINAL.includes(action.kind) && this.left !== null) this.left += 1;
    this.outbox.add({
      token: newToken(), kind: "undo", seed_id: action?.seedId ?? null, undoes: action?.token ?? null,
      decision_id: action ? this.ids.get(action.token) ?? null : null,
    });
    this.draw();
    this.pump();
  }

  look(by) {
    this.queue.step(by);
    this.draw();
  }

  toggleRaw() {
    this.raw = !this.raw;
    this.draw();
  }

  warn() {
    this.banner.classList.remove("again");
    requestAnimationFrame(() => this.banner.classList.add("again"));
  }

  tick() {
    if (this.courier.failure) this.drawSaving();
    const now = Date.now();
    const active = now - this.activeAt < IDLE_SECONDS * 1000;
    if (active && now - this.beatAt > HEARTBEAT_SECONDS * 1000) {
      this.beatAt = now;
      this.queue.exhausted = false;
      this.pump(true);
    }
  }

  // Sends what waits and asks for more seeds when few are left; one request at a time.
  pump(heartbeat = false) {
    this.drawSaving();
    if (!this.courier.ready) return;
    const want = !this.queue.exhausted && this.queue.undecided.length < LOW;
    const decisions = this.outbox.entries.slice(0, 100);
    if (!decisions.length && !want && !heartbeat && !this.courier.failure) return;
    const holding = this.queue.undecided.map((seed) => seed.id);
    this.courier.post({ view: this.view, decisions, want, holding, heartbeat, release: this.release });
    this.release = [];
  }

  draw() {
    const seed = this.queue.current;
    this.notes.replaceChildren(...this.notices.map((notice) => this.noticeBox(notice)));
    this.box.querySelector(".raw-toggle").setAttribute("aria-pressed", String(this.raw));
    this.box.classList.toggle("without-seed", !seed);
    if (this.isDrawn(seed)) return;
    if (!seed) {
      this.heading.replaceChildren();
      this.leftColumn.replaceChildren(emptyState(this.queue, this.courier.inFlight?.want));
      this.rightColumn.replaceChildren();
      return;
    }
    const [left, right] = seedColumns(seed, this.raw, (kind, hit) => this.settleHit(kind, hit));
    this.heading.replaceChildren(...headingOf(this.queue, seed));
    this.leftColumn.replaceChildren(...left);
    this.rightColumn.replaceChildren(...right);
  }

  // Whether the screen shows this already: what the curator has opened or scrolled to stays as it is.
  isDrawn(seed) {
    const state = seed
      ? [seed.id, this.raw, this.queue.marks.get(seed.id), seed.flagged, seed.hits.map((hit) => hit.state)]
      : [this.courier.inFlight?.want, this.queue.marks.size];
    const before = this.drawn;
    this.drawn = JSON.stringify(state);
    return this.drawn === before;
  }

  noticeBox({ text, seedId }) {
    const show = () => { if (this.queue.goTo(seedId)) this.draw(); };
    return element("div", { className: "notice", "data-testid": "notice" }, text,
      seedId ? element("button", { type: "button", onclick: show }, `Show seed ${seedId}`) : null);
  }

  drawSaving() {
    const waiting = this.outbox.entries.length;
    const { failure } = this.courier;
    const saved = waiting ? `Saving ${waiting}…` : "All saved";
    const count = this.left === null ? "" : `${this.left.toLocaleString("en")} left`;
    this.saving.replaceChildren(element("span", { "data-testid": "left" }, count), element("span", { className: failure ? "bad-text" : "" }, failure ? "Not saved" : saved));
    this.banner.hidden = !failure;
    if (!failure) return;
    const seconds = Math.max(0, Math.ceil((failure.until - Date.now()) / 1000));
    const kept = this.outbox.durable ? "kept in this browser" : "kept in this tab only: do not close it";
    const left = waiting
      ? `${plural(waiting, "decision")} not saved yet, ${kept}. Nothing more is taken until they are.`
      : "Nothing is taken meanwhile.";
    const text = `${failure.message} ${left} ${seconds ? `Trying again in ${seconds} s.` : "Trying again…"}`;
    this.banner.replaceChildren(element("span", {}, text), element("button", { type: "button", onclick: () => this.courier.retry() }, "Try now"));
  }

  stop() {
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("pointerdown", this.onActive);
    clearInterval(this.clock);
    this.courier.stop();
  }
}
