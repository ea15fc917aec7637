// Near-duplicates of a seed: the group's leader and those most like it, each by its start.

const GROUP_KINDS = { copies: "the same but for wording or layout", variants: "the same with other numbers" };

function nearDuplicate(other) {
  const start = other.prompt.replace(/\s+/g, " ");
  const facts = [other.is_leader ? "leader" : percent(other.similarity), other.status.replaceAll("_", " ")];
  return element("li", {},
    element("a", { href: `seeds?seed=${other.id}`, target: "_blank", rel: "noopener" }, `Seed ${other.id}`),
    element("small", {}, ` ${facts.join(", ")}`), element("div", { className: "start", dir: "auto" }, start));
}

function duplicateGroup(group, seedId) {
  const rest = group.size - 1 - group.others.length;
  const place = group.leader_id === seedId ? "this seed leads" : `seed ${group.leader_id} leads`;
  return element("div", { className: "group" },
    element("p", {}, `${plural(group.size, "seed")}, ${GROUP_KINDS[group.kind] ?? group.kind}; ${place}. `,
      element("a", { href: `duplicates?group=${group.id}`, target: "_blank", rel: "noopener" }, "Compare them")),
    element("ul", {}, group.others.map(nearDuplicate)), rest > 0 ? muted(`and ${rest.toLocaleString("en")} more`) : null);
}

function duplicatesCard(seed) {
  if (!seed.duplicates?.length) return null;
  return card("Near-duplicates", ...seed.duplicates.map((group) => duplicateGroup(group, seed.id)));
}
