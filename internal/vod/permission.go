package vod

import "slices"

// Permission is one thing that a caller may do for its tenant.
type Permission string

// The permissions. Whoever may submit may upload, too.
const (
	ReadIngests     Permission = "ingests:read"
	SubmitIngests   Permission = "ingests:submit"
	CancelIngests   Permission = "ingests:cancel"
	RetryIngests    Permission = "ingests:retry"
	ScheduleIngests Permission = "ingests:schedule" // set priority and due time
	DeleteIngests   Permission = "ingests:delete"
	ImportIngests   Permission = "ingests:import"
	ReadProfiles    Permission = "profiles:read"
	WriteProfiles   Permission = "profiles:write"
	ReadPlayback    Permission = "playback:read"
	SelectPlayback  Permission = "playback:select"
	ReadAudit       Permission = "audit:read"
)

// Permissions gives all permissions, those of a viewer first.
func Permissions() []Permission { return Admin.Permissions() }

// Role is a usual set of permissions.
type Role string

// The roles. Each may do all that the one before it may.
const (
	Viewer   Role = "viewer"   // looks
	Operator Role = "operator" // submits, cancels, retries, sets priorities, rolls back
	Admin    Role = "admin"    // keeps profiles, imports, deletes, reads the audit log
)

// Roles gives all roles, the least first.
func Roles() []Role { return []Role{Viewer, Operator, Admin} }

// Permissions gives what a role may do; nothing for one that there is not.
func (r Role) Permissions() []Permission {
	viewer := []Permission{ReadIngests, ReadProfiles, ReadPlayback}
	operator := slices.Concat(viewer, []Permission{SubmitIngests, CancelIngests, RetryIngests, ScheduleIngests, SelectPlayback})
	switch r {
	case Viewer:
		return viewer
	case Operator:
		return operator
	case Admin:
		return slices.Concat(operator, []Permission{DeleteIngests, ImportIngests, WriteProfiles, ReadAudit})
	}
	return nil
}
