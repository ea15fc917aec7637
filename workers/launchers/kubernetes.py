"""Training on Kubernetes: a manifest for `kubectl apply`; its pods are not seen from here."""

from workers.launchers import Handle, LaunchPlan, Look
from workers.launchers.rendering import rendered

MANIFEST = "kubernetes.yaml"


class KubernetesLauncher:
    """Writes the manifest. How it goes on is told by the run's files, where they are shared."""

    def announce(self, plan: LaunchPlan) -> Handle:
        """There is nothing to be found by."""
        return {"manifest": MANIFEST}

    def start(self, plan: LaunchPlan, handle: Handle) -> Handle:
        """Write the manifest into the run's folder."""
        image = ["--image", plan.target["image"]] if plan.target.get("image") else []
        draft = plan.folder / f".{MANIFEST}.draft"
        draft.write_text(rendered(plan, "--kubernetes", *image), "utf-8")
        draft.replace(plan.folder / MANIFEST)
        plan.output.mkdir(parents=True, exist_ok=True)
        return {**handle, "begun": True}

    def poll(self, plan: LaunchPlan, handle: Handle) -> Look:
        """Only the files tell."""
        path = plan.folder / MANIFEST
        note = (
            f"kubectl apply -f {path} starts it. Seedbed does not see its pods: what it logs "
            f"shows here if they share {plan.folder}, at this path"
        )
        return Look("unseen", note=note)

    def cancel(self, plan: LaunchPlan, handle: Handle) -> str | None:
        """Nobody here can end the pods."""
        return f"if it was applied: kubectl delete -f {plan.folder / MANIFEST}"
