// What all pages do: colours and zone, times, counting on, questions before
// what cannot be undone, messages.
//
// Times come as <time datetime="…Z">, and are shown in the viewer's zone or in
// UTC (data-zone of the root element; the event zone:changed tells of a change).
// [data-ticking] is a duration in milliseconds that goes on from when it came.
(() => {
  'use strict';
  const root = document.documentElement;
  const pad = (n) => String(n).padStart(2, '0');

  function keep(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Then it is forgotten with the page.
    }
  }

  function shown(at) {
    const utc = root.dataset.zone === 'utc';
    const get = (part) => at[(utc ? 'getUTC' : 'get') + part]();
    const day = `${get('FullYear')}-${pad(get('Month') + 1)}-${pad(get('Date'))}`;
    return `${day} ${pad(get('Hours'))}:${pad(get('Minutes'))}:${pad(get('Seconds'))}${utc ? ' UTC' : ''}`;
  }

  function writeTimes(within) {
    const times = [...within.querySelectorAll('time[datetime]')];
    if (within.matches?.('time[datetime]')) times.push(within);
    for (const time of times) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      time.textContent = shown(at);
      time.title = time.dateTime;
    }
  }

  // Durations as the server writes them; see Took of package page.
  function took(ms) {
    const s = Math.floor(Math.max(ms, 0) / 1000);
    if (s < 10) return `${s}.${Math.floor((Math.max(ms, 0) % 1000) / 100)} s`;
    if (s < 60) return `${s} s`;
    if (s < 3600) return `${Math.floor(s / 60)} min ${pad(s % 60)} s`;
    if (s < 86400) return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} min`;
    return `${Math.floor(s / 86400)} d ${pad(Math.floor((s % 86400) / 3600))} h`;
  }

  const came = new WeakMap();
  function tick() {
    const now = performance.now();
    for (const span of document.querySelectorAll('[data-ticking]')) {
      const known = came.get(span);
      if (!known || known.of !== span.dataset.ticking) came.set(span, {of: span.dataset.ticking, at: now});
      const {at} = came.get(span);
      const text = took(Number(span.dataset.ticking) + now - at);
      if (span.textContent !== text) span.textContent = text;
    }
  }

  function press(attribute, value) {
    for (const button of document.querySelectorAll(`[data-${attribute}]`)) {
      button.setAttribute('aria-pressed', String(button.getAttribute(`data-${attribute}`) === value));
    }
  }

  function showChoices() {
    press('theme-choice', root.dataset.theme || 'auto');
    press('zone-choice', root.dataset.zone);
  }

  // ask shows the question, and gives whether the answer was yes.
  function ask(question) {
    const dialog = document.getElementById('confirm');
    document.getElementById('confirm-text').textContent = question;
    dialog.returnValue = 'no';
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), {once: true});
    });
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button?.dataset.themeChoice) {
      const theme = button.dataset.themeChoice;
      if (theme === 'auto') delete root.dataset.theme;
      else root.dataset.theme = theme;
      keep('theme', theme);
      showChoices();
    } else if (button?.dataset.zoneChoice) {
      root.dataset.zone = button.dataset.zoneChoice;
      keep('zone', root.dataset.zone);
      showChoices();
      writeTimes(document.body);
      document.dispatchEvent(new CustomEvent('zone:changed'));
    } else if (button && 'dismiss' in button.dataset) {
      document.getElementById('alerts').replaceChildren();
    } else if (button?.dataset.copy) {
      const from = document.getElementById(button.dataset.copy);
      navigator.clipboard?.writeText(from.value ?? from.textContent).then(() => {
        button.dataset.copied = 'yes';
      });
    }
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });

  document.addEventListener('htmx:confirm', (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question).then((yes) => yes && event.detail.issueRequest(true));
  });

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed || form.hasAttribute('hx-post')) return;
    event.preventDefault();
    const {submitter} = event;
    ask(form.dataset.confirm).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = 'yes';
      form.requestSubmit(submitter);
      delete form.dataset.confirmed;
    });
  });

  document.addEventListener('htmx:load', (event) => {
    writeTimes(event.detail.elt);
    tick();
  });
  // What a page asks for by itself leaves messages to be read.
  document.addEventListener('htmx:beforeRequest', (event) => {
    const cause = event.detail.requestConfig.triggeringEvent?.type;
    if (cause === 'click' || cause === 'submit') document.getElementById('alerts').replaceChildren();
  });

  showChoices();
  writeTimes(document.body);
  tick();
  setInterval(tick, 1000);
})();
