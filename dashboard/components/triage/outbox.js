// Decisions wait here until the server has acknowledged them. They stand in localStorage, so that a reload,
// a crash or a lost connection loses none; their tokens make sending one twice harmless.

const WAITING_KINDS = ["accept", "reject", "skip", "needs_rewrite"];

class Outbox {
  constructor(storage, prefix) {
    this.storage = storage;
    this.prefix = prefix;
    this.durable = true;
    this.entries = this.stored();
    this.last = this.entries.length ? this.entries[this.entries.length - 1].order : 0;
  }

  stored() {
    const entries = [];
    for (let i = 0; i < this.storage.length; i += 1) {
      const key = this.storage.key(i);
      if (!key.startsWith(this.prefix)) continue;
      try {
        entries.push(JSON.parse(this.storage.getItem(key)));
      } catch {
        this.storage.removeItem(key);
      }
    }
    return entries.sort((one, other) => one.order - other.order);
  }

  add(entry) {
    // Later than all before it, in this tab and after a reload.
    this.last = Math.max(this.last + 1, Date.now() * 1000);
    const kept = { ...entry, order: this.last };
    this.entries.push(kept);
    this.keep(kept);
  }

  settle(tokens) {
    const settled = new Set(tokens);
    this.entries = this.entries.filter((entry) => !settled.has(entry.token));
    for (const token of settled) this.storage.removeItem(this.prefix + token);
  }

  // An undo that waits behind its decision learns the decision's number, to survive a reload between the two.
  resolve(token, decisionId) {
    for (const entry of this.entries.filter((waiting) => waiting.undoes === token)) {
      entry.decision_id = decisionId;
      this.keep(entry);
    }
  }

  find(token) {
    return this.entries.find((entry) => entry.token === token);
  }

  keep(entry) {
    try {
      this.storage.setItem(this.prefix + entry.token, JSON.stringify(entry));
    } catch {
      this.durable = false;
    }
  }

  holds(seedId) {
    return this.entries.some((entry) => entry.seed_id === seedId && WAITING_KINDS.includes(entry.kind));
  }
}

const RETRY_SECONDS = [1, 2, 4, 8, 15];
const ANSWER_SECONDS = 25;

// Carries one request at a time to the server; whatever gathers meanwhile goes with the next.
class Courier {
  constructor(send, onChange) {
    this.send = send;
    this.onChange = onChange;
    this.number = 0;
    this.inFlight = null;
    this.failure = null;
    this.failures = 0;
  }

  get busy() {
    return this.inFlight !== null;
  }

  post(content) {
    this.number = Math.max(this.number + 1, Date.now());
    this.inFlight = { number: this.number, sentAt: Date.now(), ...content };
    this.timer = setTimeout(() => this.fail("The dashboard's server does not answer."), ANSWER_SECONDS * 1000);
    this.send(this.inFlight);
    this.onChange();
  }

  // True when the reply belongs to the request in flight.
  receive(reply) {
    if (!this.inFlight || reply.to !== this.inFlight.number) return false;
    clearTimeout(this.timer);
    if (reply.failed) {
      this.fail(reply.failed);
      return false;
    }
    this.inFlight = null;
    this.failure = null;
    this.failures = 0;
    return true;
  }

  // Stops waiting for what is on its way, unless this reply brings it: a page that runs anew may have dropped it.
  // What was not acknowledged goes with the next.
  abandon(reply) {
    if (!this.inFlight || reply.to === this.inFlight.number) return;
    clearTimeout(this.timer);
    this.inFlight = null;
  }

  fail(message) {
    clearTimeout(this.timer);
    this.inFlight = null;
    const wait = RETRY_SECONDS[Math.min(this.failures, RETRY_SECONDS.length - 1)];
    this.failures += 1;
    this.failure = { message, until: Date.now() + wait * 1000 };
    this.timer = setTimeout(() => this.retry(), wait * 1000);
    this.onChange();
  }

  retry() {
    clearTimeout(this.timer);
    if (this.failure) this.failure.until = 0;
    this.onChange();
  }

  // Whether a request may leave now: none is under way, and no failure is waiting for its time.
  get ready() {
    return !this.busy && (!this.failure || this.failure.until <= Date.now());
  }

  stop() {
    clearTimeout(this.timer);
  }
}
