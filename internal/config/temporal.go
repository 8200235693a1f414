package config

import (
	"fmt"
	"regexp"
)

// Temporal says which Temporal service delivers the work, and how it is reached.
type Temporal struct {
	Address    string `name:"temporal" yaml:"temporal" placeholder:"HOST:PORT" help:"Temporal server that delivers the work to any number of machines; needs a Postgres database. Default: none, this process does it all."`
	Namespace  string `name:"temporal-namespace" yaml:"temporal-namespace" default:"default" placeholder:"NAME" help:"Namespace at that server. Default: ${default}."`
	Prefix     string `name:"temporal-prefix" yaml:"temporal-prefix" default:"orchestrate" placeholder:"NAME" help:"What the names of the task queues begin with. Default: ${default}."`
	TLS        bool   `name:"temporal-tls" yaml:"temporal-tls" wants:"true or false" help:"Reach Temporal by TLS. Implied by the five options that follow."`
	CAFile     string `name:"temporal-ca-file" yaml:"temporal-ca-file" placeholder:"FILE" help:"Certificates (PEM) that Temporal's is to be signed by. Default: those of the system."`
	CertFile   string `name:"temporal-cert-file" yaml:"temporal-cert-file" placeholder:"FILE" help:"Certificate (PEM) that this process shows to Temporal. Default: none."`
	KeyFile    string `name:"temporal-key-file" yaml:"temporal-key-file" placeholder:"FILE" help:"Private key (PEM) of that certificate. Default: none."`
	ServerName string `name:"temporal-server-name" yaml:"temporal-server-name" placeholder:"NAME" help:"Name that Temporal's certificate is for. Default: the host."`
	APIKeyFile string `name:"temporal-api-key-file" yaml:"temporal-api-key-file" placeholder:"FILE" help:"File with the API key for Temporal. Default: none."`
}

// Used tells whether Temporal delivers the work.
func (t Temporal) Used() bool { return t.Address != "" }

// Secure tells whether Temporal is reached by TLS.
func (t Temporal) Secure() bool {
	return t.TLS || t.CAFile != "" || t.CertFile != "" || t.KeyFile != "" || t.ServerName != "" || t.APIKeyFile != ""
}

// queueName is what a prefix of task queues may be: it stands in names, metrics
// and logs.
var queueName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// check reports the problems of each key.
func (t Temporal) check(report func(key, problem string)) {
	if t.Used() {
		report("temporal", addrProblem(t.Address))
	}
	if t.Namespace == "" {
		report("temporal-namespace", "must not be empty")
	}
	if !queueName.MatchString(t.Prefix) {
		report("temporal-prefix", fmt.Sprintf("%q is not 1 to 100 letters, digits, dots, dashes and underscores", t.Prefix))
	}
	if (t.CertFile == "") != (t.KeyFile == "") {
		report("temporal-cert-file", "a certificate and its key (temporal-key-file) go together")
	}
	if !t.Used() && t.Secure() {
		report("temporal", "is missing, but there are options of how to reach it")
	}
}
