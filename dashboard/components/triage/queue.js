// The prefetched seeds, where the curator stands among them, and what has been decided here.

class SeedQueue {
  constructor() {
    this.clear();
  }

  clear() {
    this.seeds = [];
    this.marks = new Map();
    this.position = 0;
    this.exhausted = false;
    this.actions = [];
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

  // Seeds whose lease ran out and that another curator has by now; the one on the screen stays.
  drop(seedIds) {
    const shown = this.current;
    this.seeds = this.seeds.filter((seed) => seed === shown || this.marks.has(seed.id) || !seedIds.includes(seed.id));
    if (shown) this.goTo(shown.id);
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

  // Puts a seed on the screen that undo brought back from an earlier visit.
  restore(seed) {
    this.marks.delete(seed.id);
    const index = this.seeds.findIndex((known) => known.id === seed.id);
    if (index >= 0) this.seeds[index] = seed;
    else this.seeds.splice(this.position, 0, seed);
    this.goTo(seed.id);
  }

  // Remembers what an action changed, so that undo can put it back at once.
  record(token, seed, changes) {
    this.actions.push({ token, seedId: seed.id, mark: this.marks.get(seed.id) ?? null, ...changes });
  }

  takeBack(action) {
    const seed = this.seeds.find((known) => known.id === action.seedId);
    if (action.mark) this.marks.set(action.seedId, action.mark);
    else this.marks.delete(action.seedId);
    if (seed && "flagged" in action) seed.flagged = action.flagged;
    if (seed && action.hit) seed.hits.find((hit) => hit.id === action.hit.id).state = action.hit.state;
    this.goTo(action.seedId);
  }
}
