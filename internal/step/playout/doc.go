// Package playout tells others that an asset can be played: CATALOG the
// built-in register, WEBHOOK an outside system.
package playout
