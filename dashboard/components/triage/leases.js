// What the pane holds of the queue. A lease that may have run out is asked for again before anything is decided.

const SAFETY_SECONDS = 15;

class Leases {
  constructor() {
    this.seconds = 300;
    this.until = null;
    this.heldAt = Date.now();
    this.released = [];
    this.releasedUntil = null;
  }

  // Seeds that the next request gives back: not those that are held anew by then.
  release(seeds) {
    this.released = seeds.map((seed) => seed.id);
    this.releasedUntil = this.until;
  }

  toSend(undecided) {
    const holding = undecided.map((seed) => seed.id);
    const release = this.released.filter((id) => !holding.includes(id));
    this.released = [];
    return { holding, release, leased_until: this.releasedUntil };
  }

  // The server has renewed what we held when the request left.
  confirmed(request, reply) {
    if (reply.lease_seconds) this.seconds = reply.lease_seconds;
    if (reply.leased_until) [this.until, this.heldAt] = [reply.leased_until, request.sentAt];
  }

  get stale() {
    return Date.now() - this.heldAt > (this.seconds - SAFETY_SECONDS) * 1000;
  }
}

const HEARTBEAT_SECONDS = 60;
const IDLE_SECONDS = 600;

// Leases are kept while somebody is there, and no longer.
class Attention {
  constructor() {
    this.noticedAt = Date.now();
    this.beatAt = Date.now();
    this.due = false;
  }

  noticed() {
    this.noticedAt = Date.now();
  }

  get lapses() {
    const now = Date.now();
    return now - this.noticedAt < IDLE_SECONDS * 1000 && now - this.beatAt > HEARTBEAT_SECONDS * 1000;
  }

  // It stays due while another request is on its way.
  beat() {
    this.beatAt = Date.now();
    this.due = true;
  }
}
