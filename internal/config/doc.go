// Package config holds what the operator decides, in one typed struct.
//
// [Config] is at the same time the flags of the commands that need it (package
// kong reads its tags) and the keys of the YAML file. A value comes from the
// first of: the flag, the environment variable (ORCHESTRATE_ and the key in
// capitals, such as ORCHESTRATE_MIN_FREE), the file, the default. The file is
// the one of --config or ORCHESTRATE_CONFIG, else ./orchestrate.yaml if there
// is one. docs/orchestrate.yaml describes every key.
//
// A [Source] gives kong the values of environment and file; [Source.Finish]
// then fills in what depends on other values and validates. Both report all
// problems at once, as an [Error]. There is no global: a Config is passed on.
package config
