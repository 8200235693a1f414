// The overview: asks for the figures again when something has changed, and puts
// the times of charts into the viewer's zone.
(() => {
  'use strict';
  const root = document.getElementById('overview');
  if (!root) return;

  // Forms of labels; see draw.Ticks.
  const forms = {
    hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    day: { day: 'numeric', month: 'short' },
    tip: { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  };

  const zone = () => (document.documentElement.dataset.zone === 'utc' ? { timeZone: 'UTC' } : {});

  function write(at, form) {
    const date = new Date(at);
    // A mark at midnight tells the day, whatever zone it is midnight in.
    const day = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', minute: 'numeric', ...zone() }).format(date);
    const key = form === 'tip' ? form : /^(00|0|24):00$/.test(day) ? 'day' : form;
    return new Intl.DateTimeFormat(document.documentElement.lang || undefined, { ...forms[key], ...zone() }).format(date);
  }

  function labels() {
    for (const text of root.querySelectorAll('svg text[data-time]')) {
      text.textContent = write(text.dataset.time, text.dataset.form);
    }
    for (const tip of root.querySelectorAll('svg title[data-time]')) {
      tip.textContent = `${write(tip.dataset.time, 'tip')}: ${tip.dataset.text}`;
    }
  }

  // What the viewer has opened, scrolled and focused outlives new figures.
  let kept = null;

  function keep() {
    const active = root.contains(document.activeElement) ? document.activeElement : null;
    kept = {
      open: [...root.querySelectorAll('details[open]')].map((d) => d.id),
      scrolls: [...root.querySelectorAll('.scroll')].map((s) => [s.scrollLeft, s.scrollTop]),
      focus: active && [...root.querySelectorAll(active.tagName)].indexOf(active),
      tag: active && active.tagName,
      href: active && active.getAttribute('href'),
    };
  }

  function restore() {
    if (!kept) return;
    for (const id of kept.open) document.getElementById(id)?.setAttribute('open', '');
    root.querySelectorAll('.scroll').forEach((s, i) => {
      if (kept.scrolls[i]) [s.scrollLeft, s.scrollTop] = kept.scrolls[i];
    });
    if (kept.tag) {
      const same = kept.href && [...root.querySelectorAll('a')].find((a) => a.getAttribute('href') === kept.href);
      (same || root.querySelectorAll(kept.tag)[kept.focus])?.focus({ preventScroll: true });
    }
    kept = null;
  }

  let last = Date.now();
  let timer = 0;
  let changed = false;

  const reading = () => {
    const selection = document.getSelection();
    return selection && !selection.isCollapsed && root.contains(selection.anchorNode);
  };

  function refresh() {
    timer = 0;
    if (document.hidden || reading()) return; // Later: see below.
    last = Date.now();
    changed = false;
    window.htmx.ajax('GET', window.location.href, { target: root, swap: 'innerHTML' });
  }

  function soon() {
    changed = true;
    if (timer) return;
    const every = Number(root.dataset.every) * 1000;
    timer = window.setTimeout(refresh, Math.max(500, every - (Date.now() - last)));
  }

  document.addEventListener('live:ingest', soon);
  document.addEventListener('live:reset', soon);
  document.addEventListener('visibilitychange', () => changed && soon());
  // The range ends now: it goes on although nothing changes. Not so where the
  // viewer has paused the page, or the server is gone (see live.js).
  window.setInterval(() => {
    if (!['paused', 'lost'].includes(document.body.dataset.live)) soon();
  }, 60000);

  root.addEventListener('htmx:beforeSwap', keep);
  root.addEventListener('htmx:afterSwap', () => {
    restore();
    labels();
  });
  document.addEventListener('zone:changed', labels);
  labels();
})();
