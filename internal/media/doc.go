// Package media holds the decisions about a source that need no process and no
// file: how large it is shown ([DisplaySize]), how fast its frames follow each
// other ([OutputRate]), which renditions are made of it ([PlanLadder]), what
// becomes of its colours ([PlanColour]). [Source] are the facts that they
// follow from; [EncodingNotes] is what encoding tells packaging about the
// result. Everything here is pure: the same facts give the same decisions.
//
// Packages below this one read and write media formats.
package media
