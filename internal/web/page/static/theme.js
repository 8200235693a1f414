// Sets the chosen colours and zone before anything is drawn.
(() => {
  'use strict';
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    root.dataset.zone = localStorage.getItem('zone') === 'utc' ? 'utc' : 'local';
  } catch {
    root.dataset.zone = 'local'; // Storage is switched off.
  }
})();
