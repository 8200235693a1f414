// Package vod holds the words of the domain: ingests, tasks, filesets, labels,
// locations, profile steps, their states and their errors. It imports nothing
// of this project and nothing but the standard library; every other package
// speaks in its terms.
//
// An [Ingest] is one run of one asset's files through a pipeline. The pipeline
// is a list of [Step], kept by value in the ingest's input document. A [Task]
// is the execution of one step on the filesets that its label filter selects.
// A [Run] is an ingest with its tasks: the unit that the planner changes and
// that a store writes in one transaction.
//
// Times are UTC with a precision of one millisecond; [Now] makes them.
package vod
