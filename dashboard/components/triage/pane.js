// The triage pane: takes a decision at once, shows the next seed, and saves behind it.

const LOW = 40; // more than a burst of keys takes
const MOVING_ON = [...FINAL, "skip"];

class TriagePane {
  constructor(root, component) {
    this.component = component;
    this.user = component.data.user;
    this.view = null;
    this.raw = false;
    this.tally = new Tally();
    this.ids = new Map();
    this.notices = [];
    this.settings = new OwnSettings(component.data.settings);
    this.queue = new SeedQueue();
    this.ahead = new KeysAhead(sessionStorage, `seedbed.ahead.${this.user.id}`);
    this.attention = new Attention();
    this.leases = new Leases();
    this.outbox = new Outbox(localStorage, `seedbed.outbox.${this.user.id}.`);
    this.courier = new Courier((request) => this.component.setTriggerValue("request", request), () => this.pump());
    this.build(root);
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("pointerdown", () => this.attention.noticed(), { signal });
    window.addEventListener("pagehide", () => this.leave(), { signal });
    this.clock = setInterval(() => this.tick(), 1000);
  }

  build(root) {
    this.note = buildNoteDialog((seed, reason) => this.sendNote(seed, reason || null));
    this.sheet = new SettingsSheet((changes) => this.changeSettings(changes));
    this.screen = new PaneScreen(root, {
      run: (command) => this.run(command), retry: () => this.courier.retry(), dialogs: [this.note.dialog, this.sheet.dialog],
    });
    this.applySettings();
  }

  // New data from the server: a reply to our request, or another view.
  update(component) {
    this.component = component;
    const { view, reply, first } = component.data;
    if (view !== this.view) {
      this.view = view;
      this.courier.abandon(reply);
      leaveChooser();
      this.leases.release(this.queue.undecided);
      this.queue.clear();
      this.ahead.drop();
      this.tally.left = null;
    }
    if (first?.view === view && !this.queue.loaded) this.begin(first.reply);
    const request = this.courier.inFlight;
    if (this.courier.receive(reply)) {
      this.settle(reply.results);
      const said = this.settings.answered(request, reply);
      if (said) this.applySettings(said);
      this.leases.confirmed(request, reply);
      if (request.view === view) this.take(reply, request);
    }
    this.pump(); // before drawing: an empty screen says whether seeds are on their way
    this.draw();
  }

  // The page has fetched the first seeds of a view by itself.
  begin(reply) {
    this.leases.confirmed({ sentAt: Date.now() }, reply);
    this.take(reply, { want: true });
  }

  take(reply, request) {
    this.dropLost(reply.lost);
    const fresh = this.queue.merge(reply.seeds, (id) => this.outbox.holds(id));
    if (request.want) {
      this.queue.exhausted = fresh === 0;
      this.queue.loaded = true;
    }
    this.tally.counted(reply, this.outbox.entries);
    if (reply.restored) this.queue.restore(reply.restored);
    if (this.queue.current || this.queue.exhausted) this.notices.push(...this.ahead.told(this.queue.current));
    for (const command of this.ahead.take()) if (!this.hasDialog) this.run(command);
  }

  // What another curator has by now is theirs; who looks at it is told.
  dropLost(lost) {
    const shown = this.queue.drop(Object.keys(lost).map(Number));
    this.notices = this.notices.filter((notice) => !notice.passing);
    if (!shown) return;
    this.notices.push({ text: `Seed ${shown.id} is being reviewed by ${lost[shown.id] || "another curator"} now. You decided nothing on it.` });
  }

  settle(results) {
    for (const result of results) {
      if (result.decision_id) {
        this.ids.set(result.token, result.decision_id);
        this.outbox.resolve(result.token, result.decision_id);
      }
      if (result.status === "rejected") this.refused(result);
      else this.queue.confirm(this.outbox.find(result.token));
    }
    this.outbox.settle(results.map((result) => result.token));
  }

  // What the server did not take is put back as it was, without leaving the seed that is on the screen.
  refused(result) {
    const entry = this.outbox.find(result.token);
    const kind = this.queue.revoke(result.token, entry?.undoes);
    if (kind) this.tally.add(kind, entry?.kind === "undo" ? 1 : -1);
    const seedId = entry?.seed_id;
    this.notices.push({ seedId, text: `Not taken: ${entry ? entry.kind.replaceAll("_", " ") : "decision"}${seedId ? ` of seed ${seedId}` : ""}. ${result.error?.message ?? ""}` });
  }

  key(event) {
    this.attention.noticed();
    if (this.hasDialog) return;
    const command = actionOf(event);
    if (!command || (command.action === "scroll" && isPressable(event))) return;
    event.preventDefault();
    this.run(command);
  }

  run({ action, reason = null }) {
    if (action === "help") this.sheet.open();
    else if (action === "raw") this.look(0, !this.raw);
    else if (action === "back" || action === "forward") this.look(action === "back" ? -1 : 1);
    else if (action === "card_up" || action === "card_down") stepCard(this.screen.columns, action === "card_up" ? -1 : 1);
    else if (action === "scroll") scrollOn(this.screen.box, reason === "up" ? -1 : 1);
    else if (!this.queue.loaded) return;
    else if (this.courier.failure) this.screen.status.nudge();
    else if (this.ahead.keeps({ action, reason }, this.queue)) this.draw();
    else if (action === "undo") this.undo();
    else if (action === "redo") this.redo();
    else if (!this.queue.current) return;
    else if (this.leases.stale) this.askForLeases();
    else if (action === "flag") this.flag();
    else if (action === "rewrite") this.note.open(this.queue.current);
    else if (action === "confirm_hit" || action === "dismiss_hit") this.settleHit(action);
    else this.decide(action, reason);
  }

  decide(kind, reason) {
    const seed = this.queue.current;
    const open = seed.hits.filter(waits).length;
    if (kind === "accept" && open) {
      const how = `${shownKey(keyOf.confirm_hit)} confirms, ${shownKey(keyOf.dismiss_hit)} dismisses`;
      this.notices = [...lasting(this.notices), { text: `Seed ${seed.id} stands in a benchmark: settle its ${plural(open, "open hit")} first (${how}).` }];
      return this.draw();
    }
    this.post(seed, { kind, reason }, {});
    this.tally.add(kind, 1);
    this.queue.mark(seed, { kind, reason });
    if (this.settings.chosen.auto_advance) this.queue.advance();
    this.drawAndSend();
  }

  // The seed may have left the screen while the note was written: then the note is shown, not sent elsewhere.
  sendNote(seed, reason) {
    if (seed === this.queue.current && !this.courier.failure && !this.leases.stale) return this.decide("needs_rewrite", reason);
    this.notices = [...lasting(this.notices), { text: `Not sent: the note on seed ${seed.id}. It reads: ${reason ?? "(empty)"}` }];
    this.draw();
  }

  flag() {
    const seed = this.queue.current;
    this.post(seed, { kind: seed.flagged ? "unflag" : "flag" }, { flagged: seed.flagged });
    seed.flagged = !seed.flagged;
    this.drawAndSend();
  }

  settleHit(kind, chosen = null) {
    const seed = this.queue.current;
    const hit = chosen ?? seed?.hits.find(waits);
    if (!hit) return;
    if (this.courier.failure) return this.screen.status.nudge();
    this.post(seed, { kind, hit_id: hit.id }, { hit: { id: hit.id, state: hit.state } });
    hit.state = kind === "confirm_hit" ? "confirmed" : "dismissed";
    this.drawAndSend();
  }

  post(seed, decision, changes) {
    const token = newToken();
    this.notices = lasting(this.notices);
    this.queue.record(token, seed, { kind: decision.kind, ...changes });
    // The queue that it is decided in goes along, since it may be sent when another is on the screen.
    const queueId = this.component.data.queue ?? null;
    this.outbox.add({ token, seed_id: seed.id, revision_id: seed.revision_id, queue_id: queueId, ...decision });
  }

  undo() {
    const [undoes, token] = [this.queue.actions.pop(), newToken()];
    this.queue.undone.push({ ...(undoes ? this.queue.swap(undoes) : ELSEWHERE), token });
    this.tally.add(undoes?.kind, -1);
    this.takeBack("undo", token, undoes);
  }

  redo() {
    const [undoes, token] = [this.queue.undone.pop(), newToken()];
    this.queue.actions.push({ ...(undoes ? this.queue.swap(undoes) : ELSEWHERE), token });
    this.tally.add(undoes?.kind, 1);
    if (this.settings.chosen.auto_advance && MOVING_ON.includes(undoes?.kind)) this.queue.advance();
    this.takeBack("redo", token, undoes);
  }

  // Without something of this visit the server takes the caller's last of the kind.
  takeBack(kind, token, undoes) {
    this.notices = lasting(this.notices);
    this.outbox.add({
      token, kind, takes: undoes?.kind ?? null, seed_id: undoes?.seedId ?? null, undoes: undoes?.token ?? null,
      decision_id: undoes ? this.ids.get(undoes.token) ?? null : null, bring: !undoes?.seedId,
    });
    this.drawAndSend();
  }

  changeSettings(changes) {
    this.settings.change(changes);
    this.applySettings("Saving…");
    this.pump();
  }

  applySettings(state = "") {
    this.screen.follow(this.settings.chosen);
    this.sheet.show(this.settings.chosen, state);
  }

  look(by, raw = this.raw) {
    this.raw = raw;
    this.queue.step(by);
    this.draw();
  }

  tick() {
    if (this.courier.failure) this.screen.status.draw(this);
    if (this.attention.lapses) this.beat();
  }

  // Nothing is decided under a lease that may have run out: the curator sees first what is still theirs.
  askForLeases() {
    this.notices = [...lasting(this.notices), { passing: true, text: "You were away for a while: looking whether these seeds are still yours. Then press the key again." }];
    this.draw();
    this.beat();
  }

  beat() {
    this.attention.beat();
    this.queue.exhausted = false;
    this.pump();
  }

  // Sends what waits and asks for more seeds when few are left; one request at a time.
  pump() {
    this.screen.status.draw(this);
    if (!this.courier.ready) return;
    const heartbeat = this.attention.due;
    const behind = this.queue.loaded; // the first seed is not kept waiting by what takes longer
    const count = heartbeat || (behind && this.tally.left === null);
    const want = count || (!this.queue.exhausted && this.queue.undecided.length < LOW);
    const progress = heartbeat || (behind && !this.tally.progress);
    if (!this.outbox.entries.length && !want && !progress && !this.settings.wanted && !this.courier.failure) return;
    this.attention.due = false;
    this.send({ want, count, heartbeat, progress, settings: this.settings.wanted, ...this.leases.toSend(this.queue.undecided) });
  }

  send(request) {
    this.courier.post({ view: this.view, decisions: this.outbox.entries.slice(0, 100), ...request });
  }

  // The page is left: what waits is sent once more, and the seeds go back. If it comes too late, leases run out.
  leave() {
    this.leases.release(this.queue.undecided);
    this.send({ want: false, count: false, heartbeat: false, progress: false, settings: null, ...this.leases.toSend([]) });
  }

  draw() {
    this.screen.draw(this);
  }

  drawAndSend() {
    this.draw();
    this.pump();
  }

  get hasDialog() {
    return this.note.dialog.open || this.sheet.dialog.open;
  }

  get isFetching() {
    return !this.queue.loaded || Boolean(this.courier.inFlight?.want);
  }

  show(seedId) {
    if (this.queue.goTo(seedId)) this.draw();
  }

  stop() {
    this.listening.abort();
    clearInterval(this.clock);
    this.courier.stop();
  }
}
