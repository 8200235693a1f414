package vod

import "time"

// Action is a kind of change that the audit log tells of.
type Action string

// The actions.
const (
	SubmittedIngest  Action = "ingest.submit"
	CancelledIngest  Action = "ingest.cancel"
	RetriedIngest    Action = "ingest.retry"
	ScheduledIngest  Action = "ingest.schedule" // its priority or due time was changed
	DeletedIngest    Action = "ingest.delete"
	ImportedIngest   Action = "ingest.import"
	AppliedProfile   Action = "profile.apply"
	SelectedPlayback Action = "playback.select"
	CreatedUpload    Action = "upload.create"
	DeletedUpload    Action = "upload.delete"
	CreatedToken     Action = "token.create"
	RevokedToken     Action = "token.revoke"
	SignedIn         Action = "session.begin"
	SignedOut        Action = "session.end"
)

// Retention is the subject of what the server removes for its age.
const Retention = "retention"

// AuditEntry says who changed what, when, and from where. It is written in the
// transaction of the change, and never altered.
type AuditEntry struct {
	ID      int64 // rises with every entry of the tenant; 0 before it is written
	Time    time.Time
	Tenant  string
	Subject string // as in [Caller]
	From    string // as in [Caller]
	Action  Action
	Target  string // what was changed: the id of an ingest, the name of a profile
	AssetID string // of the ingest; else empty
}

// Audit is the entry for what the caller does now.
func (c Caller) Audit(now time.Time, action Action, target string) AuditEntry {
	return AuditEntry{
		Time: Millis(now), Tenant: c.Tenant, Subject: c.Subject, From: c.From, Action: action, Target: target,
	}
}
