// Package workers is the page that lists the processes that run tasks: what each
// can do, and how much it does now. Start at [Routes].
package workers
