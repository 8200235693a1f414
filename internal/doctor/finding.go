package doctor

// State is how a check went.
type State string

// The states. What only degrades an installation is a warning.
const (
	OK      State = "ok"
	Warning State = "warning"
	Problem State = "problem"
)

// Finding is the result of one check.
type Finding struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Detail string `json:"detail,omitempty"`
	// Do is what to do about what is not ok; it may be empty.
	Do string `json:"do,omitempty"`
}

// failed is a check that went wrong; do is what to do about it.
func failed(name string, err error, do string) Finding {
	return Finding{name, Problem, err.Error(), do}
}
