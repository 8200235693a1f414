// Profiles: fetches the list and the versions again when one was applied, leads
// from a problem to its line, and holds whoever leaves with unsaved changes.
(() => {
  'use strict';

  // Lists. [data-profiles-live] names the profile that it is about, or none; it
  // is left alone while somebody is in it.
  let late = false;

  function fetchAgain() {
    const shown = document.querySelector('[data-profiles-live]');
    if (!shown) return;
    late = shown.contains(document.activeElement);
    if (late) return;
    htmx.ajax('GET', shown.dataset.address, {
      target: '#profiles-live', select: '#profiles-live', selectOOB: shown.dataset.beside, swap: 'outerHTML',
    });
  }

  document.addEventListener('focusout', () => {
    if (late) setTimeout(fetchAgain);
  });
  document.addEventListener('live:profile', (event) => {
    const names = event.detail.changes.map((change) => change.name);
    const shown = document.querySelector('[data-profiles-live]');
    if (shown && (!shown.dataset.profilesLive || names.includes(shown.dataset.profilesLive))) fetchAgain();
    const newer = document.getElementById('profiles-newer');
    if (newer && names.includes(newer.dataset.name)) newer.hidden = false;
  });
  document.addEventListener('live:reset', fetchAgain);

  // The editor.
  const text = document.getElementById('document');
  if (!text) return;
  const form = document.getElementById('profiles-editor');
  const line = document.getElementById('document-line');
  const lineText = line.dataset.line;
  let leaving = false;

  document.addEventListener('selectionchange', () => {
    if (document.activeElement !== text) return;
    const at = text.value.slice(0, text.selectionStart).split('\n').length;
    line.textContent = lineText.replace('%d', String(at));
  });

  function goTo(number) {
    const lines = text.value.split('\n');
    const start = lines.slice(0, number - 1).reduce((sum, each) => sum + each.length + 1, 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[number - 1] || '').length);
    text.scrollTop = Math.max(0, (text.scrollHeight / lines.length) * (number - 4));
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-go-line]');
    if (button) goTo(Number(button.dataset.goLine));
  });
  form.addEventListener('submit', () => {
    leaving = true;
  });
  addEventListener('beforeunload', (event) => {
    if (!leaving && text.value !== text.defaultValue) event.preventDefault();
  });
})();
