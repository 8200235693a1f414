package vod

// View is a selection of ingests that a person saved under a name.
type View struct {
	Tenant  string
	Subject string // whose it is; as in [Caller]
	Name    string // 1..80 characters, unique for its person
	Query   string // of the address of the list, without its question mark; may be empty
}
