// DASH through dash.js. Clear keys come from the address that the manifest names
// (Laurl): dash.js sends what Encrypted Media Extensions, 9.1.3, ask for, and
// the answer may be a JWK set or the 16 bytes of the key.
'use strict';

function openPlayer(video, address, page) {
  const player = dashjs.MediaPlayer().create();
  const events = {...dashjs.MediaPlayer.events, ...dashjs.Protection.events};
  player.updateSettings({streaming: {text: {defaultEnabled: false}}});
  player.on(events.ERROR, (e) => page.failed(String(e.error.message || e.error), true));
  player.on(events.PLAYBACK_ERROR, (e) => page.failed(say('playback', {why: JSON.stringify(e.error)}), true));
  for (const event of [events.KEY_ERROR, events.LICENSE_REQUEST_COMPLETE, events.KEY_SESSION_CREATED, events.KEY_SYSTEM_SELECTED]) {
    player.on(event, (e) => { if (e.error) page.failed(String(e.error.message || e.error), true); });
  }
  useRawKeys(player);
  const offered = new Set();
  player.on(events.MANIFEST_LOADED, ({data}) => {
    for (const set of (data?.Period || []).flatMap((p) => p.AdaptationSet || [])) {
      if (!/^(video|audio)/.test(set.contentType || set.mimeType)) continue;
      for (const r of set.Representation || []) offered.add(codecName(r.codecs || set.codecs));
    }
  });
  player.on(events.STREAM_INITIALIZED, () => {
    for (const t of [...player.getTracksFor('video'), ...player.getTracksFor('audio')]) offered.delete(trackCodec(t));
    for (const name of offered) if (name) page.note(say('unplayed', {codec: name}));
    offered.clear();
    page.ready({...dashRenditions(player), ...dashTracks(player), ...dashTexts(player)});
    // The player shows forced subtitles in the language of the sound by itself.
    video.textTracks.addEventListener('change', () => page.showing({text: currentText(player)}));
  });
  player.initialize(video, address, false);
}

// trackCodec is the name of the codec; dash.js holds it as video/mp4;codecs="…".
const trackCodec = (track) => codecName((track.codec || '').match(/codecs="?([^"]*)/)?.[1]);

// transferRanges are the values of TransferCharacteristics (ISO/IEC 23091-2)
// that are of high dynamic range.
const transferRanges = {16: 'PQ', 18: 'HLG'};

function videoRange(track) {
  const found = [...(track.essentialProperties || []), ...(track.supplementalProperties || [])]
      .find((p) => p.schemeIdUri === 'urn:mpeg:mpegB:cicp:TransferCharacteristics');
  return found && transferRanges[found.value];
}

// Each codec is an adaptation set of its own.
function dashRenditions(player) {
  return {
    renditions: player.getTracksFor('video').flatMap((t) => t.bitrateList.map((r) => ({
      value: r.id, height: r.height, codec: trackCodec(t), range: videoRange(t), bitrate: r.bandwidth,
    }))),
    choose: (value) => {
      player.updateSettings({streaming: {abr: {autoSwitchBitrate: {video: value === 'auto'}}}});
      if (value !== 'auto') player.setRepresentationForTypeById('video', value, true);
    },
  };
}

function dashTracks(player) {
  const tracks = player.getTracksFor('audio');
  const current = player.getCurrentTrackFor('audio');
  return {
    tracks: tracks.map((t, value) => ({
      value, name: t.labels?.[0]?.text, language: t.lang, codec: trackCodec(t), channels: dashChannels(t),
    })),
    track: Math.max(tracks.findIndex((t) => current && t.index === current.index), 0),
    chooseTrack: (value) => player.setCurrentTrack(tracks[Number(value)]),
  };
}

// dashChannels counts the channels of a layout of ISO/IEC 23091-3, where 7.1 is
// layout 12, or takes the number that the older scheme has.
function dashChannels(track) {
  const c = track.audioChannelConfiguration?.[0];
  return Number(c?.value) === 12 && c.schemeIdUri.includes('cicp') ? 8 : Number(c?.value) || 0;
}

function currentText(player) {
  const index = player.getCurrentTextTrackIndex();
  return index < 0 ? 'off' : index;
}

function dashTexts(player) {
  const texts = player.getTracksFor('text');
  const has = (descriptors, value) => (descriptors || []).some((d) => d.value === value);
  return {
    texts: texts.map((t, value) => ({
      value, name: t.labels?.[0]?.text, language: t.lang,
      forced: has(t.roles, 'forced-subtitle') || has(t.roles, 'forced_subtitle'),
      described: has(t.roles, 'caption') || has(t.accessibility, 'caption'),
    })),
    text: currentText(player),
    chooseText: (value) => player.setTextTrack(value === 'off' ? -1 : Number(value)),
  };
}

// useRawKeys turns an answer of 16 bytes into a JWK set.
function useRawKeys(player) {
  let kids = [];
  player.registerLicenseRequestFilter((request) => {
    kids = JSON.parse(request.data).kids;
    request.responseType = 'arraybuffer';
    return Promise.resolve();
  });
  player.registerLicenseResponseFilter((response) => {
    const bytes = new Uint8Array(response.data);
    response.data = bytes.length === 16 ?
      {keys: kids.map((kid) => ({kid, k: base64url(bytes)}))} : JSON.parse(new TextDecoder().decode(bytes));
    return Promise.resolve();
  });
}
