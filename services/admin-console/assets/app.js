// What pages can do without, and are better with.
"use strict";

// Instants in the reader's zone and form: of the languages that the browser asks for, the page's own as it is spoken there.
function showTimes(root) {
  const language = document.documentElement.lang;
  const spoken = navigator.languages.find((tag) => tag.split("-")[0] === language);
  const form = new Intl.DateTimeFormat(spoken ?? language, {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
  });
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.title = time.dateTime;
      time.textContent = form.format(at);
    }
  }
}

// On a narrow screen rows are shown as cards, and some readers aloud take what is shown so for no table: its parts say what
// they are.
const ROLES = {
  table: "table", "thead, tbody": "rowgroup", tr: "row", "th[scope=col]": "columnheader", "th[scope=row]": "rowheader", td: "cell",
};

function nameParts(root) {
  for (const [parts, role] of Object.entries(ROLES)) {
    for (const part of root.querySelectorAll(parts)) part.setAttribute("role", role);
  }
}

// Fields that were seen to hold a word.
let watched = 0;

// Buttons that need a script are hidden until there is one.
function prepare(root) {
  showTimes(root);
  nameParts(root);
  for (const button of root.querySelectorAll("[data-copy], [data-tail]")) button.hidden = false;
  // A field that has to hold a word before its button can be used.
  for (const field of root.querySelectorAll("input[data-confirm]:not([data-watched])")) {
    field.dataset.watched = "";
    const button = field.form.querySelector("button");
    const why = document.createElement("span");
    why.className = "note";
    why.id = `why-${watched += 1}`;
    why.textContent = document.body.dataset.untilTyped;
    button.after(why);
    // The field is described by it: a button that is disabled cannot be reached.
    const described = field.getAttribute("aria-describedby");
    const check = () => {
      button.disabled = field.value !== field.dataset.confirm;
      why.hidden = !button.disabled;
      const ids = [described, button.disabled && why.id].filter(Boolean);
      if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
      else field.removeAttribute("aria-describedby");
    };
    field.addEventListener("input", check);
    check();
  }
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy).textContent.trim();
  await navigator.clipboard.writeText(text);
  const label = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = label; }, 2000);
}

// New rows as they come, at the top of a table.
let tail = null;

function stopTail() {
  if (!tail) return;
  tail.events.close();
  tail.button.textContent = tail.label;
  tail.button.setAttribute("aria-pressed", "false");
  tail = null;
}

function startTail(button) {
  const rows = document.getElementById(button.dataset.into);
  const events = new EventSource(button.dataset.tail);
  tail = { button, events, label: button.textContent };
  button.textContent = button.dataset.stop;
  button.setAttribute("aria-pressed", "true");
  events.addEventListener("rows", (event) => {
    rows.insertAdjacentHTML("afterbegin", event.data);
    showTimes(rows);
    nameParts(rows);
  });
  events.addEventListener("end", stopTail);
  // What comes back would begin where it began, and show rows twice.
  events.addEventListener("error", stopTail);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.copy) copy(button);
  if (button.dataset.tail) {
    const isSame = tail && tail.button === button;
    stopTail();
    if (!isSame) startTail(button);
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  // A page with mistakes in a form is a page to show.
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:afterSwap", () => { stopTail(); prepare(document); });
document.addEventListener("DOMContentLoaded", () => prepare(document));
