// How far the review is: what the server has counted, kept in step with what is decided here until it counts again.

const FINAL = ["accept", "reject", "needs_rewrite"];

class Tally {
  constructor() {
    this.left = null;
    this.exact = true;
    this.progress = null;
  }

  // What still waits was not counted by the server.
  counted(reply, waiting) {
    if (reply.progress) this.progress = reply.progress;
    if (reply.left !== null) [this.left, this.exact] = [reply.left, reply.left_exact];
    for (const { kind, takes } of waiting) this.add(takes ?? kind, kind === "undo" ? -1 : 1, reply);
  }

  // One more decision of this kind, or by -1 one less.
  add(kind, by, { left, progress } = this) {
    if (!FINAL.includes(kind)) return;
    if (left !== null) this.left = Math.max(0, this.left - by);
    if (progress) this.progress.mine_today = Math.max(0, this.progress.mine_today + by);
  }
}
