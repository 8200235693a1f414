// Package notify passes changes of the store on to those who follow them: the
// event streams of the API and of the pages.
//
// A [Hub] keeps the last changes of every tenant that is followed, the newest
// one of each thing. A [Follower] is a place in that history, and reads on from
// there at its own pace; so there is no queue for anybody, whoever is slow costs
// nothing, and what changes often is told once. Who comes back with the id of
// the last change that it knows gets what it missed, or hears that it cannot be
// told any more.
package notify
