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

// Keys that a page shows beside what they do: a link is followed, a button pressed, a fold opened to be filled in.
// Who uses keys otherwise turns them off (WCAG 2.1.4).
const keys = document.getElementById("keys");
if (keys) {
  keys.checked = localStorage.getItem("keys") !== "off";
  keys.parentElement.hidden = false;
  keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off"));
  addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const fold = event.target.closest(".decide details[open]");
    if (event.key === "Escape" && fold) {
      fold.open = false;
      fold.querySelector("summary").focus();
    }
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    const does = document.querySelector(`[data-key~="${CSS.escape(event.key)}"]`);
    if (!does) return;
    event.preventDefault();
    does.click();
    const own = does.closest("details[open]");
    if (own) own.querySelector("input:not([type=hidden]), select, textarea").focus();
  });
}
