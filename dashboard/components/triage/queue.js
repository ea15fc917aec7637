// The prefetched seeds, where the curator stands among them, and what has been decided here.

// What undo or redo takes back of an earlier visit: only the server knows the seed, and brings it.
const ELSEWHERE = { seedId: null, kind: null };

class SeedQueue {
  constructor() {
    this.clear();
  }

  clear() {
    this.seeds = [];
    this.marks = new Map();
    this.position = 0;
    this.exhausted = false;
    this.loaded = false;
    this.actions = [];
    this.undone = [];
  }

  // Adds seeds not yet known; returns how many were new.
  merge(seeds, isWaiting = () => false) {
    const known = new Set(this.seeds.map((seed) => seed.id));
    const fresh = seeds.filter((seed) => !known.has(seed.id));
    this.seeds.push(...fresh);
    for (const seed of fresh) if (isWaiting(seed.id)) this.marks.set(seed.id, { kind: "waiting" });
    if (this.current && this.marks.get(this.current.id)?.kind === "waiting") this.advance();
    return fresh.length;
  }

  // Drops seeds that another curator has by now; what was decided here stays to be looked at. Returns the seed
  // on the screen if it was one of them.
  drop(seedIds) {
    const shown = this.current;
    const gone = (seed) => seedIds.includes(seed.id) && !this.marks.has(seed.id);
    this.position = this.seeds.slice(0, this.position).filter((seed) => !gone(seed)).length;
    this.seeds = this.seeds.filter((seed) => !gone(seed));
    if (!shown || !gone(shown)) return null;
    if (!this.current || this.marks.has(this.current.id)) this.advance();
    return shown;
  }

  get current() {
    return this.seeds[this.position] ?? null;
  }

  get undecided() {
    return this.seeds.filter((seed) => !this.marks.has(seed.id));
  }

  mark(seed, mark) {
    this.marks.set(seed.id, mark);
  }

  // A seed decided before a reload was marked as waiting; now its decision is known to be saved.
  confirm(entry) {
    if (entry && this.marks.get(entry.seed_id)?.kind === "waiting") {
      this.marks.set(entry.seed_id, { kind: entry.kind, reason: entry.reason });
    }
  }

  // To the next seed without a decision; past the end when there is none.
  advance() {
    for (let i = this.position + 1; i < this.seeds.length; i += 1) {
      if (!this.marks.has(this.seeds[i].id)) {
        this.position = i;
        return;
      }
    }
    const earlier = this.seeds.findIndex((seed) => !this.marks.has(seed.id));
    this.position = earlier < 0 ? this.seeds.length : earlier;
  }

  step(by) {
    this.position = Math.max(0, Math.min(this.seeds.length, this.position + by));
  }

  goTo(seedId) {
    const index = this.seeds.findIndex((seed) => seed.id === seedId);
    if (index >= 0) this.position = index;
    return index >= 0;
  }

  // Puts a seed on the screen that undo or redo brought back from an earlier visit.
  restore(seed) {
    const kind = MARKS_OF_STATUS[seed.status];
    if (kind) this.marks.set(seed.id, { kind });
    else this.marks.delete(seed.id);
    const index = this.seeds.findIndex((known) => known.id === seed.id);
    if (index >= 0) this.seeds[index] = seed;
    else this.seeds.splice(this.position, 0, seed);
    this.goTo(seed.id);
  }

  // Remembers what an action changed, so that undo can put it back at once; a new action ends what could be done again.
  record(token, seed, changes) {
    this.actions.push({ token, seedId: seed.id, mark: this.marks.get(seed.id) ?? null, ...changes });
    this.undone = [];
  }

  // Puts a seed back as it was before an action, and shows it; returns what takes that back in turn.
  swap(action) {
    if (!action.seedId) return { ...action };
    const seed = this.seeds.find((known) => known.id === action.seedId);
    const inverse = { ...action, mark: this.marks.get(action.seedId) ?? null };
    if (action.mark) this.marks.set(action.seedId, action.mark);
    else this.marks.delete(action.seedId);
    if (seed && "flagged" in action) [inverse.flagged, seed.flagged] = [seed.flagged, action.flagged];
    const hit = action.hit && seed?.hits.find((known) => known.id === action.hit.id);
    if (hit) [inverse.hit, hit.state] = [{ id: hit.id, state: hit.state }, action.hit.state];
    this.goTo(action.seedId);
    return inverse;
  }

  // Puts back what an action changed that the server has refused; of an undo or redo, what it took back stands again.
  // The seed on the screen stays.
  revoke(token, undoes) {
    const stacks = [this.actions, this.undone];
    const from = stacks.find((stack) => stack.some((action) => action.token === token));
    if (!from) return null;
    const [action] = from.splice(from.findIndex((known) => known.token === token), 1);
    const { position } = this;
    const before = this.swap(action);
    this.position = position;
    if (undoes) stacks.find((stack) => stack !== from).push({ ...before, token: undoes });
    return action.kind;
  }
}
