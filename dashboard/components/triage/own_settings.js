// The user's settings, and what of them the server has not taken yet.

class OwnSettings {
  constructor(settings) {
    this.saved = settings;
    this.wanted = null;
  }

  // What counts now: a new key once the server has taken it, everything else at once.
  get chosen() {
    return { ...this.saved, ...this.wanted, keys: this.saved.keys };
  }

  // Without changes the defaults are wanted, which only the server knows.
  change(changes) {
    this.wanted = changes ? { ...this.saved, ...this.wanted, ...changes } : {};
  }

  // In words what the reply says of the last change; null where it says nothing.
  answered(request, reply) {
    if (!request.settings) return null;
    if (reply.settings) this.saved = reply.settings;
    if (request.settings !== this.wanted) return null;
    this.wanted = null;
    return reply.settings_refused ? `Not changed: ${reply.settings_refused.replace(/^keys\.\w+: /, "")}` : "Saved.";
  }
}
