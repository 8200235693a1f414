// The page's own part: it fills the choices and shows what plays. The player's
// part is openPlayer(video, address, page) of play_hls.js or play_dash.js. It
// calls page.ready(player) once it knows the manifest, page.showing({…}) when
// it changes a choice itself, page.note(text) to tell of what it leaves out,
// and page.failed(text, fatal) for every error event. The player is
//
//   renditions: [{value, height, codec, range, bitrate}]   choose(value or 'auto')
//   tracks: [{value, name, language, channels, codec}]     chooseTrack(value)   track: the current value
//   texts: [{value, name, language, forced, described}]    chooseText(value or 'off')   text: the current value
'use strict';

const find = (id) => document.getElementById(id);
const video = find('video');

const page = {
  ready(player) {
    fill(find('rendition'), renditionLabels(player.renditions), player.choose, 'auto');
    fill(find('audio'), audioLabels(player.tracks), player.chooseTrack, player.track);
    fill(find('text'), textLabels(player.texts), player.chooseText, player.text);
    document.body.dataset.state = 'ready';
    // It was asked for by a click on the page around this one. Some browsers do not
    // count that, and leave it to the viewer.
    if (document.body.classList.contains('embedded')) video.play().catch(() => {});
  },
  showing({track, text}) {
    if (track !== undefined) find('audio').value = track;
    if (text !== undefined) find('text').value = text;
  },
  note(text) {
    if ([...find('notes').children].some((n) => n.textContent === text)) return;
    const item = document.createElement('li');
    item.textContent = text;
    find('notes').append(item);
    find('notes').hidden = false;
  },
  failed(text, fatal) {
    const item = document.createElement('li');
    item.textContent = text;
    find('errors').append(item);
    find('count').textContent = find('errors').children.length;
    clearTimeout(patience);
    if (fatal) tell(say('stopped', {why: text}));
    else patience = setTimeout(() => { if (video.readyState < video.HAVE_CURRENT_DATA) tell(say('stuck', {why: text})); }, 5000);
  },
};

// patience is the timer of errors that the player goes on after: it may try for
// ever, such as with a wrong key.
let patience;

function tell(text) {
  find('error').textContent = text;
  find('error').hidden = false;
}

// fill puts options of {value, text} behind those that are there.
function fill(select, options, choose, current) {
  for (const {value, text} of options) select.add(new Option(text, value));
  select.value = current;
  select.disabled = select.options.length < 2;
  select.addEventListener('change', () => choose(select.value));
}

function show() {
  find('time').textContent = video.currentTime.toFixed(1) + ' s';
  find('size').textContent = video.videoHeight ? video.videoWidth + '×' + video.videoHeight : '–';
}

for (const event of ['timeupdate', 'resize', 'seeked', 'loadedmetadata']) video.addEventListener(event, show);
video.addEventListener('error', () => page.failed(video.error.message || say('media', {code: video.error.code}), true));

// Keys may stand on a server that this one does not know.
document.addEventListener('securitypolicyviolation', (e) => {
  if (e.effectiveDirective !== 'connect-src') return;
  page.note(say('blocked', {origin: new URL(e.blockedURI, location).origin}));
});

openPlayer(video, document.body.dataset.manifest, page);
if (document.body.dataset.thumbnails) openScrubber(video, document.body.dataset.thumbnails, page);
