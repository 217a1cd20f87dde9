// What the pages do when scripts run: they work without. No network, no storage.
"use strict";

// Language choice: the reader's own language first, by link for everybody else.
if (document.body.hasAttribute("data-choice")) {
  const known = [...document.querySelectorAll("a[hreflang]")];
  for (const wish of navigator.languages || []) {
    const link = known.find((one) => one.hreflang === wish.slice(0, 2).toLowerCase());
    if (link) { location.replace(link.href + location.hash); break; }
  }
}

// A switch of language keeps the place: same page, filters and row.
for (const link of document.querySelectorAll("a[data-language]")) {
  link.addEventListener("click", () => { link.href = link.getAttribute("href").split(/[?#]/)[0] + location.search + location.hash; });
}

// Copy buttons.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", async () => {
    const place = document.getElementById(button.dataset.copy);
    const words = place.textContent;
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      // Pages opened from a disk may not write to the clipboard: select and copy as by hand.
      const range = document.createRange();
      range.selectNodeContents(place);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    const told = document.querySelector("[data-copied]");
    told.textContent = told.dataset.copied;
  });
}

// Tables: filters, state on a day, order, count; all of it in the address, so that it can be sent.
const table = document.querySelector("table[data-table]");
const form = document.querySelector("form[data-filters]");
if (table && form) {
  const rows = [...table.tBodies[0].rows];
  const inputs = [...form.querySelectorAll("[data-filter]")];
  const forms = (table.dataset.forms || "").split(" ");
  const stages = (table.dataset.stages || "").split(" ");
  const words = JSON.parse(table.dataset.words || "{}");
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const haystack = new Map(rows.map((row) => [row, fold(row.textContent)]));
  const shown = document.querySelector("[data-shown]");
  let order = "";

  // The rule of ProgrammeRow.state_on: the span that holds the day, else unknown.
  function stateOn(spans, day) {
    for (const span of spans.split(";")) {
      const [start, end, state] = span.split(",");
      if (state && start <= day && (!end || day <= end)) return state;
    }
    return "unknown";
  }

  function wanted() {
    return Object.fromEntries(inputs.map((one) => [one.dataset.filter, one.type === "checkbox" ? one.checked : one.value.trim()]));
  }

  function apply() {
    const want = wanted();
    const fits = (code) => code === "y" || (want.also && code === "u");
    const needle = fold(want.q || "").split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      let ok = needle.every((word) => haystack.get(row).includes(word));
      if (row.dataset.f !== undefined) {
        const state = want.day ? stateOn(row.dataset.spans, want.day) : "unknown";
        const cell = row.querySelector("[data-state]");
        cell.dataset.state = state;
        cell.textContent = words[state];
        const domains = row.dataset.d.split(" ").filter(Boolean);
        ok = ok && (!want.form || fits(row.dataset.f[forms.indexOf(want.form)]))
          && (!want.stage || fits(row.dataset.g[stages.indexOf(want.stage)]))
          && (!want.domain || domains.includes(want.domain) || domains.includes("any") || (want.also && !domains.length))
          && (!want.funder || row.dataset.funder === want.funder)
          && (!want.state || state === want.state || (want.also && state === "unknown"));
      }
      row.hidden = !ok;
      count += ok ? 1 : 0;
    }
    shown.textContent = count;
    const query = new URLSearchParams();
    for (const one of inputs) {
      const value = one.type === "checkbox" ? (one.checked ? "1" : "") : one.value.trim();
      if (value && value !== one.dataset.default) query.set(one.dataset.filter, value);
    }
    if (order) query.set("sort", order);
    const search = query.toString();
    history.replaceState(null, "", location.pathname + (search ? "?" + search : "") + location.hash);
  }

  function sort(index, direction) {
    const head = table.tHead.rows[0].cells[index];
    const number = head.querySelector("button").dataset.sort === "number";
    const value = (row) => { const cell = row.cells[index]; return number ? cell.dataset.value : cell.textContent.trim(); };
    const collator = new Intl.Collator(document.documentElement.lang);
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    rows.sort((a, b) => {
      const [one, other] = [value(a), value(b)];
      // What is not known stands last, whatever the direction.
      if (!one || !other) return (one ? 0 : 1) - (other ? 0 : 1);
      return direction * (number ? one - other : collator.compare(one, other));
    });
    table.tBodies[0].append(...rows);
    order = (direction < 0 ? "-" : "") + index;
  }

  [...table.tHead.rows[0].cells].forEach((head, index) => {
    head.querySelector("button")?.addEventListener("click", () => {
      sort(index, head.getAttribute("aria-sort") === "ascending" ? -1 : 1);
      apply();
    });
  });
  const query = new URLSearchParams(location.search);
  for (const one of inputs) {
    const value = query.get(one.dataset.filter);
    if (value !== null) { if (one.type === "checkbox") one.checked = value === "1"; else one.value = value; }
  }
  const given = query.get("sort");
  if (given && table.tHead.rows[0].cells[Math.abs(given)]?.querySelector("button")) sort(Math.abs(given), given.startsWith("-") ? -1 : 1);
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { order = ""; apply(); }));
  apply();
  // A row that a link names is in sight, whatever the filters say.
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) { target.hidden = false; target.scrollIntoView(); }
}
