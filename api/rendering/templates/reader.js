"use strict";
// What is linked to may be folded away: not every browser unfolds it by itself.
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  const own = target.querySelector("details");
  if (own) own.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

// A job tells how far it is; where it ends, its page knows what came of it.
const job = document.querySelector("[data-events]");
if (job) {
  const events = new EventSource(job.dataset.events);
  const show = (event) => {
    const { status, progress, step } = JSON.parse(event.data);
    job.querySelector("progress").value = progress;
    job.querySelector("[data-status]").textContent = status;
    let done = Boolean(step);
    for (const item of job.querySelectorAll("[data-step]")) {
      item.className = done ? "done" : "todo";
      if (item.dataset.step === step) done = false;
    }
  };
  events.addEventListener("progress", show);
  events.addEventListener("finished", (event) => {
    events.close();
    show(event);
    location.reload();
  });
}
