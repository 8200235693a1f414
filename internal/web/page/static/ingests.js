// The list of ingests: rows that change are fetched by their ids, at most once a
// second; what arrives is put in at the top while the reader is there, and else
// announced by a button; counters follow, at most every two seconds.
//
// A row keeps its place, its selection and the focus within it. One that the
// filter no longer selects stays, dimmed, until the page is loaded again.
(() => {
  'use strict';
  const table = document.getElementById('ingests');
  if (!table) return;
  const form = document.getElementById('ingests-form');
  const base = table.dataset.base;
  const statuses = table.dataset.statuses.split(' ').filter(Boolean);
  const perFetch = 50;
  const atTop = 80; // px that the page may be scrolled by, to be at its top

  const bodies = () => [...table.querySelectorAll('tbody[data-id]')];
  const bodyOf = (id) => bodies().find((body) => body.dataset.id === id);
  const words = (element, n) => (n === 1 ? element.dataset.single : element.dataset.plural.replace('#', String(n)));

  async function get(path, parameters) {
    const query = [table.dataset.query, parameters && parameters.toString()].filter(Boolean).join('&');
    const answer = await fetch(`${base}/${path}?${query}`, {headers: {'HX-Request': 'true', 'HX-Current-URL': location.href}});
    if (answer.status === 401 && answer.headers.get('HX-Redirect')) location.assign(answer.headers.get('HX-Redirect'));
    const template = document.createElement('template');
    template.innerHTML = await answer.text();
    if (!answer.ok) {
      document.getElementById('alerts').replaceChildren(template.content);
      throw new Error(String(answer.status));
    }
    return template.content;
  }

  // every gives a function that has work done soon, but never more often, and
  // never twice at a time.
  function every(pause, work) {
    let wanted = false;
    let busy = false;
    return async function ask() {
      wanted = true;
      if (busy) return;
      busy = true;
      while (wanted) {
        wanted = false;
        try {
          await work();
        } catch {
          // live.js tells that the server is gone; live:reset asks again.
        }
        await new Promise((done) => setTimeout(done, pause));
      }
      busy = false;
    };
  }

  // Rows.

  const earlier = (a, b) => {
    const [x, y] = [Number(a.dataset.start), Number(b.dataset.start)];
    return x < y || (x === y && a.dataset.id < b.dataset.id);
  };

  function shown(body) {
    window.htmx.trigger(body, 'htmx:load', {elt: body});
  }

  // replace puts new cells into a row that is there. The selection and the focus
  // are those of elements, which are kept.
  function replace(old, body) {
    const box = old.querySelector('input[name=id]');
    const link = old.querySelector('th a');
    const active = document.activeElement;
    body.querySelector('input[name=id]')?.replaceWith(box);
    body.querySelector('th a')?.replaceWith(link);
    old.className = body.className;
    old.replaceChildren(...body.childNodes);
    if (active === box || active === link) active.focus({preventScroll: true});
    shown(old);
  }

  // add puts a row where it belongs; one below the last that is shown comes when
  // the reader gets there.
  function add(body) {
    const after = bodies().find((other) => earlier(other, body));
    const older = table.querySelector('tbody.older');
    if (!after && older && bodies().length) return;
    body.classList.add('fresh');
    table.insertBefore(body, after || older);
    for (const empty of ['ingests-unmatched', 'ingests-none']) document.getElementById(empty)?.remove();
    form.hidden = false;
    shown(body);
  }

  function put(content) {
    for (const body of content.querySelectorAll('tbody[data-id]')) {
      const old = bodyOf(body.dataset.id);
      if (old) replace(old, body);
      else if (!body.classList.contains('dim')) add(body);
    }
    select();
  }

  const changed = new Set(); // ids of rows that are shown
  const joining = new Set(); // ids of what the filter may select by now
  const fetchRows = every(1000, async () => {
    const reading = document.getSelection();
    if (reading && !reading.isCollapsed && table.contains(reading.anchorNode)) {
      setTimeout(fetchRows, 1000);
      return;
    }
    const parameters = new URLSearchParams();
    const take = (set, name) => {
      for (const id of set) {
        if (parameters.size >= perFetch) return;
        set.delete(id);
        parameters.append(name, id);
      }
    };
    take(changed, 'row');
    take(joining, 'new');
    if (parameters.size) {
      const content = await get('rows', parameters);
      const there = new Set([...content.querySelectorAll('tbody[data-id]')].map((body) => body.dataset.id));
      for (const id of parameters.getAll('row')) if (!there.has(id)) bodyOf(id)?.remove();
      put(content);
    }
    if (changed.size + joining.size) fetchRows();
  });

  // Arrivals.

  const button = document.getElementById('ingests-new');
  let waiting = []; // rows that are not shown yet
  let many = false; // and more than are fetched at once

  function newest() {
    return waiting[0] || bodies()[0];
  }

  function announce() {
    button.hidden = !waiting.length;
    button.textContent = many ? button.dataset.many : words(button, waiting.length);
  }

  function showWaiting() {
    if (many) {
      location.assign(table.dataset.query ? `${base}?${table.dataset.query}` : base);
      return;
    }
    for (const body of waiting.reverse()) if (!bodyOf(body.dataset.id)) add(body);
    waiting = [];
    announce();
    select();
  }

  const fetchNewer = every(1000, async () => {
    if ('inner' in table.dataset || many) return;
    const first = newest();
    const parameters = new URLSearchParams({start: first ? first.dataset.start : '0', id: first ? first.dataset.id : ''});
    const content = await get('newer', parameters);
    const rows = [...content.querySelectorAll('tbody[data-id]')].filter((body) => !bodyOf(body.dataset.id));
    if (!rows.length) return;
    const empty = !bodies().length;
    many = !empty && content.querySelector('[data-more]') !== null;
    waiting = rows.concat(waiting);
    if (window.scrollY <= atTop && !many) showWaiting();
    else announce();
  });

  button.addEventListener('click', () => {
    window.scrollTo({top: 0});
    showWaiting();
    bodies()[0]?.querySelector('th a').focus({preventScroll: true});
  });
  window.addEventListener('scroll', () => {
    if (window.scrollY <= atTop && waiting.length && !many) showWaiting();
  }, {passive: true});

  // Counters.

  const fetchCounters = every(2000, async () => {
    const counters = document.getElementById('ingests-counters');
    const fresh = (await get('counts')).firstElementChild;
    const now = [...fresh.children];
    [...counters.children].forEach((chip, i) => {
      const count = chip.querySelector('b');
      const text = now[i]?.querySelector('b').textContent;
      if (text && count.textContent !== text) count.textContent = text;
    });
    document.getElementById('ingests-total').textContent = fresh.dataset.total;
  });

  // What the server tells.

  function belongs(change) {
    if (statuses.length) return statuses.includes(change.status);
    return 'text' in table.dataset && change.status === 'FAILED';
  }

  document.addEventListener('live:ingest', (event) => {
    let arrived = false;
    for (const {ingestId, status, change} of event.detail.changes) {
      const body = bodyOf(ingestId);
      if (body && change === 'deleted') body.remove();
      else if (body) changed.add(ingestId);
      else if (change === 'created') arrived = true;
      else if (change !== 'deleted' && belongs({status})) joining.add(ingestId);
    }
    if (changed.size + joining.size) fetchRows();
    if (arrived) fetchNewer();
    fetchCounters();
  });

  document.addEventListener('live:reset', () => {
    for (const body of bodies()) changed.add(body.dataset.id);
    fetchRows();
    fetchNewer();
    fetchCounters();
  });

  // What ended since the page was made would be shown as running for ever.
  document.addEventListener('live:begun', () => {
    for (const body of bodies()) {
      if (body.querySelector('[data-ticking]')) changed.add(body.dataset.id);
    }
    fetchRows();
    fetchNewer();
    fetchCounters();
  });

  // Selection.

  const whole = document.getElementById('ingests-every');
  const matching = document.getElementById('ingests-all');
  const output = document.getElementById('ingests-selected');
  const boxes = () => [...table.querySelectorAll('input[name=id]')];
  let last = null; // box that was clicked last, where a range begins

  function select() {
    if (!whole) return;
    const all = boxes();
    const picked = all.filter((box) => box.checked).length;
    whole.checked = all.length > 0 && picked === all.length;
    whole.indeterminate = picked > 0 && picked < all.length;
    for (const box of [whole, ...all]) box.disabled = matching.checked;
    const text = matching.checked || !picked ? '' : words(output, picked);
    if (output.textContent !== text) output.textContent = text;
    for (const act of form.querySelectorAll('[data-bulk]')) act.disabled = !picked && !matching.checked;
  }

  whole?.addEventListener('change', () => {
    for (const box of boxes()) box.checked = whole.checked;
    select();
  });
  matching?.addEventListener('change', select);
  table.addEventListener('click', (event) => {
    const box = event.target.closest('input[name=id]');
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const other of all.slice(from, to + 1)) other.checked = box.checked;
    }
    last = box;
    select();
  });
  table.addEventListener('htmx:afterSettle', select);
  window.addEventListener('pageshow', select);
  select();

  // The filter: addresses without what was left empty, and no version of another
  // profile.

  const filter = document.getElementById('ingests-filter');
  filter.addEventListener('formdata', (event) => {
    for (const [name, value] of [...event.formData]) if (value.trim() === '') event.formData.delete(name);
  });
  filter.elements.profileName?.addEventListener('change', () => {
    filter.elements.profileVersionId.value = '';
  });
})();
