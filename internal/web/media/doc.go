// Package media makes parts of the page of one ingest, which loads them when
// they are wanted: its pictures and its player ([pages.media]), how filesets
// flowed through its steps ([pages.flow]), and the facts of its source
// ([pages.source]). Each answers 204 (No Content) where there is nothing to
// show, which leaves out its place in the page.
//
// The player is the page of package play in a frame. What plays of an asset is
// chosen here too: making an earlier ingest the current one is a roll-back.
package media
