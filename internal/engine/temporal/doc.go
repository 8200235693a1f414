// Package temporal is the engine on a Temporal service, for any number of
// machines. One workflow for each ingest, of the same id, asks what is ready
// (local activities), starts an activity for each ready task and waits for any
// of them to end. Histories hold ids and states; documents stay in the store.
//
// The plan decides whether there is another attempt and when; Temporal keeps
// the time and delivers. An attempt that failed fails its activity, with the
// plan's time as the delay of Temporal's next delivery, so that attempts are
// counted and timed once. Temporal's own retry policy is left with what the plan
// cannot see: workers that were lost and stores that did not answer.
//
// Workflow tasks wait in the queue of the prefix; tasks in one for each stage,
// and for each set of capabilities that a task can need. A process takes tasks
// from every queue whose capabilities it has, within the slots of the stage.
// See docs/adr/0003-one-engine-contract.md and 0016-temporal-driver.md.
//
// A change of the code of a workflow (workflow.go, tasks.go) must leave what
// runs replayable: put it behind workflow.GetVersion, and record histories of
// it, as histories_test.go tells.
package temporal
