// Package passthrough decides whether a source can be the top rendition of its
// ladder as it is, without being encoded again.
//
// It can where a player would not tell it from one of ours: the same codec and
// size, progressive, a constant frame rate from time zero on, no more bits than
// the rung allows, and closed GOPs that begin at the same frames in all
// renditions. All of this is read from the tables of the file, and the first
// bytes of keyframes, so a decision takes milliseconds. Only MP4 and MOV files
// have such tables; of others the frames would have to be guessed.
package passthrough
