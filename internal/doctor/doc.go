// Package doctor checks whether all is there that a process needs, and says what
// to do about what is not. Nothing that it tells holds a secret.
//
// What a check asks of other packages is an interface or a value here: package
// app knows what the configuration names, and calls what applies.
package doctor
