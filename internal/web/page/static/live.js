// Tells the page what changes on the server, as it happens.
//
// The address of the event stream stands in data-events of the body; without it
// nothing is done. What the server tells becomes events on document, at most
// one of each name every 300 ms, each thing once in it:
//
//   live:ingest    detail {changes: [{ingestId, assetId, status, change}]}
//   live:profile   detail {changes: [{name, change}]}
//   live:playback  detail {changes: [{assetId, ingestId}]}
//   live:reset     detail {}: anything may have changed, fetch again what is shown
//   live:begun     detail {}: told of from here on; what changed since the server
//                  made the page, on a slow line some seconds, was not
//
// change is created, updated or deleted. An event only says what has changed;
// the page fetches it.
//
// How the connection is stands in data-live of the body (on, off, lost, paused, out),
// and in words, out of data-state-on and so on, in #live-state. The button #live-pause
// pauses and resumes, as do the events live:pause and live:resume on document;
// the tab remembers it. A tab that is hidden has no stream. Who is signed out gets
// a link to the sign-in page, and nothing is tried again until the tab is shown
// anew: the page stays, with what was typed into it.
(() => {
  'use strict';

  const burst = 300; // ms between two events of the same name
  const chunk = 30; // ms in which what the server sends at once arrives
  const grace = 4000; // ms in which the browser itself may get the stream back
  const firstPause = 1000;
  const longestPause = 30000; // ms between two tries when the server is gone
  const pausedKey = 'live-paused';
  const signIn = '/ui/_/sign-in?to=';

  const address = document.body.dataset.events;
  if (!address) return;

  let stream = null;
  let stale = false; // something may have been missed since the page was made
  let begun = false; // there was a stream
  let tries = 0;
  let graceTimer = 0;
  let retryTimer = 0;
  let asking = null; // aborts the question why there is no stream
  let paused = remembered();
  const pending = {ingest: new Map(), profile: new Map(), playback: new Map()};
  const sent = {ingest: 0, profile: 0, playback: 0};
  const timers = {ingest: 0, profile: 0, playback: 0};

  function remembered() {
    try {
      return sessionStorage.getItem(pausedKey) === 'yes';
    } catch {
      return false; // Storage is switched off.
    }
  }

  function remember() {
    try {
      sessionStorage.setItem(pausedKey, paused ? 'yes' : 'no');
    } catch {
      // Then it is forgotten with the page.
    }
  }

  function show(state) {
    document.body.dataset.live = state;
    const words = document.getElementById('live-state');
    const text = words?.getAttribute(`data-state-${state}`) || '';
    words?.replaceChildren(state === 'out' ? signInLink(text) : text);
    showButton();
  }

  function signInLink(text) {
    const link = document.createElement('a');
    link.href = signIn + encodeURIComponent(location.pathname + location.search);
    link.textContent = text;
    return link;
  }

  function showButton() {
    const button = document.getElementById('live-pause');
    if (!button) return;
    button.setAttribute('aria-pressed', String(paused));
    const label = paused ? button.dataset.resume : button.dataset.pause;
    if (label) button.textContent = label;
  }

  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(`live:${name}`, {detail}));
  }

  function reset() {
    forget();
    stale = false;
    tell('reset', {});
  }

  function forget() {
    for (const kind of Object.keys(pending)) {
      clearTimeout(timers[kind]);
      timers[kind] = 0;
      pending[kind].clear();
    }
  }

  function note(kind, key, change) {
    const before = pending[kind].get(key);
    if (before && before.change === 'created' && change.change === 'updated') change.change = 'created';
    pending[kind].set(key, change);
    if (timers[kind]) return;
    const wait = Math.max(chunk, sent[kind] + burst - performance.now());
    timers[kind] = setTimeout(() => flush(kind), wait);
  }

  function flush(kind) {
    timers[kind] = 0;
    sent[kind] = performance.now();
    const changes = [...pending[kind].values()];
    pending[kind].clear();
    tell(kind, {changes});
  }

  function open() {
    close();
    if (document.hidden) return;
    stream = new EventSource(address);
    stream.addEventListener('hello', () => connected(false));
    stream.addEventListener('reset', () => connected(true));
    for (const [kind, key] of [['ingest', 'ingestId'], ['profile', 'name'], ['playback', 'assetId']]) {
      stream.addEventListener(kind, (event) => {
        const change = JSON.parse(event.data);
        note(kind, change[key], change);
      });
    }
    stream.addEventListener('error', interrupted);
  }

  function connected(missed) {
    clearTimeout(graceTimer);
    graceTimer = 0;
    tries = 0;
    if (document.body.dataset.live !== 'on') show('on');
    if (missed || stale) reset();
    else if (!begun) tell('begun', {});
    begun = true;
  }

  // The browser gets a stream back by itself that has ended, and is then told
  // what it missed. It gives up where the server refuses, and would try all too
  // often where it is gone.
  function interrupted() {
    if (stream.readyState === EventSource.CLOSED) lost(ask);
    else if (!graceTimer) graceTimer = setTimeout(() => lost(open), grace);
  }

  function lost(retry) {
    close();
    stale = true;
    show('lost');
    const longest = Math.min(firstPause * 2 ** tries++, longestPause);
    // Not all at once, when the server is back.
    retryTimer = setTimeout(retry, longest * (0.5 + Math.random() / 2));
  }

  // ask finds out why the server refuses, which a stream does not tell. A session
  // that is over does not come back by trying.
  async function ask() {
    const {signal} = asking = new AbortController();
    graceTimer = setTimeout(() => lost(open), grace);
    let out = false;
    try {
      const {type, status} = await fetch(address, {method: 'HEAD', redirect: 'manual', cache: 'no-store', signal});
      out = type === 'opaqueredirect' || status === 401 || status === 403;
    } catch {
      // The server is gone, or this is not asked any more.
    }
    if (signal.aborted) return;
    if (out) rest('out');
    else open();
  }

  function close() {
    clearTimeout(graceTimer);
    clearTimeout(retryTimer);
    graceTimer = retryTimer = 0;
    asking?.abort();
    asking = null;
    if (stream) stream.close();
    stream = null;
  }

  // rest is to be without a stream for a reason of the page's own.
  function rest(state) {
    close();
    forget();
    stale = true;
    show(state);
  }

  function begin() {
    tries = 0;
    if (paused) rest('paused');
    else if (document.hidden) rest('off');
    else open();
  }

  function pause(wanted) {
    if (paused === wanted) return;
    paused = wanted;
    remember();
    if (!paused) show('off');
    begin();
  }

  document.addEventListener('live:pause', () => pause(true));
  document.addEventListener('live:resume', () => pause(false));
  document.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('#live-pause')) pause(!paused);
  });
  document.addEventListener('visibilitychange', begin);
  // A page that the browser keeps to go back to has no stream either.
  window.addEventListener('pagehide', () => rest('off'));
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) begin();
  });

  show('off');
  begin();
})();
