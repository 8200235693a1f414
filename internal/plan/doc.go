// Package plan decides, and does nothing else: which steps of a pipeline
// depend on which ([New]), which tasks may run now and when an ingest is over
// ([Plan.Advance]), and what each event makes of a run ([Plan.Claim],
// [Plan.Finish], [Plan.Cancel], [Plan.Retry], [Plan.Recover]).
//
// All of it is pure: the same run, event and time give the same change. A
// store applies the change in one transaction, an engine delivers the work.
// Readiness is derived and never kept: a task may run when it is TASK_PENDING
// and every step that its step depends on has ended. So stopping and starting
// at any point leads to the same end.
//
//	            Claim                 Finish: done
//	TASK_PENDING ───► TASK_RUNNING ───► TASK_COMPLETED, TASK_SKIPPED
//	     ▲                │ │
//	     └────────────────┘ └─────────► TASK_FAILED, TASK_CANCELLED
//	  Finish: error that may pass,
//	  given back or lost
package plan
