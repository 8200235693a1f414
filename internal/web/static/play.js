// The page's own part: it fills the choices and shows what plays. The player's
// part is openPlayer(video, address, page) of play_hls.js or play_dash.js. It
// calls page.ready({renditions, choose, tracks, track, chooseTrack}) once it
// knows the manifest and page.failed(text, fatal) for every error event.
'use strict';

const find = (id) => document.getElementById(id);
const video = find('video');

const page = {
  ready(player) {
    fill(find('rendition'), player.renditions, player.choose, 'auto');
    fill(find('audio'), player.tracks, player.chooseTrack, player.track);
    document.body.dataset.state = 'ready';
  },
  failed(text, fatal) {
    const item = document.createElement('li');
    item.textContent = text;
    find('errors').append(item);
    find('count').textContent = find('errors').children.length;
    if (fatal) {
      find('error').textContent = 'The player stopped: ' + text;
      find('error').hidden = false;
    }
  },
};

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
video.addEventListener('error', () => page.failed(video.error.message || 'media error ' + video.error.code, true));

openPlayer(video, document.body.dataset.manifest, page);
