// DASH through dash.js.
'use strict';

function openPlayer(video, address, page) {
  const player = dashjs.MediaPlayer().create();
  const events = dashjs.MediaPlayer.events;
  player.on(events.ERROR, (e) => page.failed(String(e.error.message || e.error), true));
  player.on(events.PLAYBACK_ERROR, (e) => page.failed('playback: ' + JSON.stringify(e.error), true));
  player.on(events.STREAM_INITIALIZED, () => {
    const tracks = player.getTracksFor('audio');
    const label = (t, i) => (t.labels && t.labels.length ? t.labels[0].text : t.lang) || 'Audio ' + (i + 1);
    const current = player.getCurrentTrackFor('audio');
    page.ready({
      renditions: player.getRepresentationsByType('video').map((r) => ({
        value: r.id, text: r.height + 'p, ' + Math.round(r.bandwidth / 1000) + ' kbit/s',
      })),
      choose: (value) => {
        player.updateSettings({streaming: {abr: {autoSwitchBitrate: {video: value === 'auto'}}}});
        if (value !== 'auto') player.setRepresentationForTypeById('video', value, true);
      },
      tracks: tracks.map((t, i) => ({value: i, text: label(t, i)})),
      track: Math.max(tracks.findIndex((t) => current && t.id === current.id), 0),
      chooseTrack: (value) => player.setCurrentTrack(tracks[Number(value)]),
    });
  });
  player.initialize(video, address, false);
}
