// HLS through hls.js, or by the browser itself where it has no Media Source
// Extensions (Safari on iPhones).
'use strict';

function openPlayer(video, address, page) {
  if (!Hls.isSupported()) {
    video.src = address;
    video.addEventListener('loadedmetadata', () => page.ready(
        {renditions: [], choose() {}, tracks: [], track: '', chooseTrack() {}}), {once: true});
    return;
  }
  // Workers would come from blob: addresses; CMAF needs no transmuxing anyway.
  const hls = new Hls({enableWorker: false});
  hls.on(Hls.Events.ERROR, (_, e) => {
    // Loads that the player itself gave up, as after a change of rendition.
    if (e.details === Hls.ErrorDetails.INTERNAL_ABORTED) return;
    // A change of rendition can append what a load under way just has; only when
    // it happens again to the same segment does the player get nowhere.
    if (e.details === Hls.ErrorDetails.BUFFER_APPEND_NO_PROGRESS && !e.fatal && e.appendsWithoutProgress < 2) return;
    page.failed(e.type + ' ' + e.details + (e.error ? ': ' + e.error.message : ''), e.fatal);
  });
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    // Names repeat in each audio group; the player finds the right group.
    const tracks = hls.allAudioTracks.filter((t, i, all) => all.findIndex((o) => o.name === t.name) === i);
    page.ready({
      renditions: hls.levels.map((l, i) => ({
        value: i, text: (l.height ? l.height + 'p, ' : '') + Math.round(l.bitrate / 1000) + ' kbit/s',
      })),
      choose: (value) => { hls.currentLevel = value === 'auto' ? -1 : Number(value); },
      tracks: tracks.map((t, i) => ({value: i, text: t.name})),
      track: Math.max(tracks.findIndex((t) => t.default), 0),
      chooseTrack: (value) => hls.setAudioOption({name: tracks[value].name, lang: tracks[value].lang}),
    });
  });
  hls.loadSource(address);
  hls.attachMedia(video);
}
