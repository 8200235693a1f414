// Package play serves the play page: /play/{assetId} plays what is current for
// an asset, as HLS with hls.js or, with ?format=dash, as DASH with dash.js. It
// is meant for looking at what an ingest produced, not for the public. Below
// /ui/{tenant}/ there are the same page for people with several tenants, and
// that of one ingest, current or not ([Routes]); with ?embedded it is but the
// player, for a frame in another page.
//
// Of the files in page/static, play.js fills the choices (rendition, sound,
// subtitles) for either player, which play_hls.js and play_dash.js put into one
// form; play_scrub.js shows thumbnails.
//
// The Content-Security-Policy allows this server, the origin of the media and
// the origins of keys that the operator names, and nothing else.
package play
