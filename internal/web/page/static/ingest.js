// The page of one ingest: fetches what there is of a task when it is opened, and
// what has changed when something has, at most once a second. What a person has
// opened, focused or scrolled to stays.
(() => {
  'use strict';
  const root = document.getElementById('ingest');
  if (!root) return;

  const least = 1000; // ms between two fetches
  const often = 5000; // ms after which a running ingest is looked at anyway
  const address = root.dataset.address;
  const sources = new Map(); // what parts were made of, by id
  let last = -least;
  let timer = 0;
  let busy = false;
  let again = false;

  // Forms stay as they are until what they are about has changed.
  for (const part of root.querySelectorAll('[data-keep]')) sources.set(part.id, part.innerHTML);

  const state = () => document.getElementById('ingest-state').dataset;

  function soon() {
    if (busy) again = true;
    else if (!timer) timer = setTimeout(refresh, Math.max(0, last + least - performance.now()));
  }

  async function refresh() {
    timer = 0;
    busy = true;
    last = performance.now();
    try {
      const query = new URLSearchParams(new FormData(document.getElementById('task-filter')));
      query.set('since', state().since);
      const answer = await fetch(`${address}/now?${query}`, {headers: {'HX-Request': 'true'}});
      if (answer.status === 404 || answer.status === 401) location.reload(); // Deleted, or signed out.
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      // The server is gone: live.js says so, and tells when it is back.
    }
    busy = false;
    if (again) {
      again = false;
      soon();
    }
  }

  function show(fresh) {
    const before = {...state()};
    for (const part of [...fresh.body.children]) {
      if ('rows' in part.dataset) continue;
      const old = document.getElementById(part.id);
      if (old) put(old, part);
    }
    let changed = false;
    for (const row of [...fresh.querySelectorAll('[data-rows] > li[id]')]) changed = putRow(row) || changed;
    const now = state();
    if (now.words !== before.words) document.getElementById('ingest-said').textContent = now.words;
    if (changed) document.dispatchEvent(new CustomEvent('ingest:changed'));
    if (now.over === 'true' && before.over !== 'true') document.dispatchEvent(new CustomEvent('ingest:ended'));
  }

  // put gives an element the content of a fresh one.
  function put(old, fresh) {
    Object.assign(old.dataset, fresh.dataset);
    const source = fresh.innerHTML;
    if (sources.get(old.id) === source) return;
    if ('keep' in old.dataset && old.contains(document.activeElement)) return; // Somebody is in it.
    sources.set(old.id, source);
    const active = document.activeElement;
    const focus = old !== active && old.contains(active) ? active.id : '';
    const kept = new Map([...old.querySelectorAll('details[id]')].map((d) => [d.id, d.open]));
    const scrolls = new Map([...old.querySelectorAll('pre[id]')].map((p) => [p.id, [p.scrollLeft, p.scrollTop]]));
    old.replaceChildren(...fresh.childNodes);
    for (const [id, open] of kept) {
      const details = document.getElementById(id);
      if (details) details.open = open;
    }
    for (const [id, [left, top]] of scrolls) document.getElementById(id)?.scrollTo(left, top);
    ready(old);
    if (focus) document.getElementById(focus)?.focus({preventScroll: true});
  }

  // ready lets htmx and ui.js know of new content.
  function ready(element) {
    htmx.process(element);
    htmx.trigger(element, 'htmx:load', {elt: element});
  }

  // putRow shows what a task is like now, and tells whether that is another state.
  function putRow(row) {
    const summary = row.querySelector('summary');
    const old = document.getElementById(summary.id);
    if (!old) return insert(row);
    const changed = old.dataset.state !== summary.dataset.state;
    put(old, summary);
    const body = document.getElementById(`${row.id}-body`);
    if (changed && body.dataset.loaded) {
      delete body.dataset.loaded;
      if (old.parentElement.open) load(body);
    }
    return changed;
  }

  // insert adds a row for a task that is new, unless it comes with a later page.
  function insert(row) {
    const list = document.getElementById('task-rows');
    if (!list || !selected(row)) return true;
    const after = [...list.children].find((li) => li.classList.contains('more') || Number(li.dataset.step) > Number(row.dataset.step));
    if (after?.classList.contains('more')) return true;
    document.getElementById('no-tasks')?.remove();
    list.insertBefore(row, after ?? null);
    ready(row);
    return true;
  }

  // selected tells whether the filter lets the row in.
  function selected(row) {
    const status = document.getElementById('task-status').value;
    return !status || row.querySelector('summary').dataset.state.startsWith(`${status} `);
  }

  // load fetches what there is of a task.
  async function load(body) {
    body.dataset.loaded = 'yes';
    try {
      const answer = await fetch(body.dataset.from, {headers: {'HX-Request': 'true'}});
      put(body, new DOMParser().parseFromString(await answer.text(), 'text/html').body);
      if (!answer.ok) delete body.dataset.loaded;
    } catch {
      delete body.dataset.loaded;
    }
  }

  // Toggles do not bubble.
  root.addEventListener('toggle', (event) => {
    const body = event.target.open && event.target.querySelector(':scope > .task-body');
    if (body && !body.dataset.loaded) load(body);
  }, true);

  // reveal opens the task that the address names.
  function reveal() {
    const row = /^#task-\d+$/.test(location.hash) && document.querySelector(location.hash);
    if (!row) return;
    row.querySelector('details').open = true;
    row.scrollIntoView();
  }

  document.addEventListener('live:ingest', (event) => {
    if (event.detail.changes.some((change) => change.ingestId === root.dataset.ingest)) soon();
  });
  document.addEventListener('live:reset', soon);
  setInterval(() => {
    if (state().over !== 'true' && document.body.dataset.live === 'on' && !document.hidden) soon();
  }, often);
  window.addEventListener('hashchange', reveal);
  reveal();
})();
