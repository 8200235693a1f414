package doctor

import "fmt"

// PostgresFacts are what a Postgres database tells of itself.
type PostgresFacts struct {
	Address       string // without a password
	Version, Role string
	Schema, Knows int64 // version of the tables, and the one that this program is written for
	MayCreate     bool
	Standby       bool
	Used, Max     int // connections
}

// fewConnections is how many a server and two workers may have together.
const fewConnections = 33

// Postgres judges what a database tells.
func Postgres(f PostgresFacts) []Finding {
	all := []Finding{{"database", OK, fmt.Sprintf("%s, version %s, role %s", f.Address, f.Version, f.Role), ""}}
	schema := Finding{"schema", OK, fmt.Sprintf("version %d, that of this program", f.Schema), ""}
	switch {
	case f.Standby:
		all[0].State, all[0].Detail = Problem, all[0].Detail+" is a standby, which cannot be written to"
		all[0].Do = "name the primary, or all hosts with target_session_attrs=read-write"
	case f.Schema == 0:
		schema.Detail = "a server or worker makes the tables when it starts"
	case f.Schema < f.Knows:
		schema.State, schema.Detail = Warning, fmt.Sprintf("version %d; a process of this release brings it to %d when it starts", f.Schema, f.Knows)
	case f.Schema > f.Knows:
		schema.State, schema.Detail = Warning, fmt.Sprintf("version %d is that of a newer release, and this one (%d) may serve beside it", f.Schema, f.Knows)
	}
	all = append(all, schema)
	if !f.MayCreate {
		right := Finding{"rights", Warning, f.Role + " may not create tables, so it cannot bring the schema to that of a newer release", "GRANT CREATE, USAGE ON SCHEMA public TO the role"}
		if f.Schema < f.Knows {
			right.State = Problem
		}
		all = append(all, right)
	}
	connections := Finding{"connections", OK, fmt.Sprintf("%d of %d are used", f.Used, f.Max), ""}
	if f.Max-f.Used < fewConnections {
		connections.State, connections.Do = Warning, "raise max_connections: each process may have 11, or fewer by ?pool_max_conns= in the address"
	}
	return append(all, connections)
}
