package secret

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	envPrefix = "ORCHESTRATE_SECRET_"
	// maxSize is how many bytes a secret may have.
	maxSize = 64 << 10
)

var (
	// envTenant is a tenant whose name as part of a variable's name cannot be
	// taken for another's: "a" must not read what is meant for "a_b".
	envTenant = regexp.MustCompile(`^[a-z0-9]+$`)
	// envName is the rest of a variable's name.
	envName = regexp.MustCompile(`^[A-Z0-9_]+$`)
	// folderTenant is a tenant whose name can be that of a folder.
	folderTenant = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._@+-]{0,127}$`)
)

// Resolver gives secrets. It is safe for concurrent use.
type Resolver struct {
	folder string
	env    func(string) (string, bool)
}

// New makes a resolver for the secrets folder, which has one folder per tenant,
// and for the environment. An empty folder means that there is none.
func New(folder string, env func(string) (string, bool)) *Resolver {
	return &Resolver{folder: folder, env: env}
}

// Resolve gives the secret that reference names in the tenant's scope, without
// line breaks at its end. It is read anew each time, so that it can be changed
// while the server runs. Errors are a [vod.StepError] of class CONFIG.
func (r *Resolver) Resolve(tenant, reference string) ([]byte, error) {
	kind, name, _ := strings.Cut(reference, ":")
	var value []byte
	var err error
	switch kind {
	case "env":
		value, err = r.fromEnv(tenant, name)
	case "file":
		value, err = r.fromFile(tenant, name)
	case "ssm":
		err = refuse("References of the form ssm: are not supported yet.", nil)
	default:
		err = refuse("A secret must be given as a reference, env:NAME or file:NAME, not as itself.", nil)
	}
	if err != nil {
		return nil, err
	}
	value = []byte(strings.TrimRight(string(value), "\r\n"))
	if len(value) == 0 {
		return nil, refuse("The secret that is referred to is empty.", nil)
	}
	return value, nil
}

func (r *Resolver) fromEnv(tenant, name string) ([]byte, error) {
	if !envTenant.MatchString(tenant) {
		return nil, refuse(fmt.Sprintf("Tenant %q cannot use secrets from the environment, since its name has other characters than a-z and 0-9; use file:.", tenant), nil)
	}
	prefix := envPrefix + strings.ToUpper(tenant) + "_"
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok || !envName.MatchString(rest) {
		return nil, refuse(fmt.Sprintf("Tenant %q may refer only to variables whose names begin with %s.", tenant, prefix), nil)
	}
	value, ok := r.env(name)
	if !ok {
		return nil, refuse(fmt.Sprintf("The server's environment has no variable %s.", name), nil)
	}
	return []byte(value), nil
}

func (r *Resolver) fromFile(tenant, name string) ([]byte, error) {
	if r.folder == "" || !folderTenant.MatchString(tenant) {
		return nil, refuse(fmt.Sprintf("There is no secrets folder for tenant %q.", tenant), nil)
	}
	if !filepath.IsLocal(name) || name == "." {
		return nil, refuse("A file: reference is the name of a file in the tenant's secrets folder.", nil)
	}
	root, err := os.OpenRoot(r.folder)
	if err != nil {
		return nil, refuse(fmt.Sprintf("There is no secrets folder for tenant %q.", tenant), err)
	}
	defer root.Close()
	own, err := root.OpenRoot(tenant)
	if err != nil {
		return nil, refuse(fmt.Sprintf("There is no secrets folder for tenant %q.", tenant), err)
	}
	defer own.Close()
	value, err := readAll(own, name)
	if err != nil {
		return nil, refuse(fmt.Sprintf("The secret file that is referred to cannot be read in the secrets folder of tenant %q.", tenant), err)
	}
	return value, nil
}

// readAll reads a small regular file, without waiting at a named pipe.
func readAll(root *os.Root, name string) ([]byte, error) {
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return nil, errors.New("not a regular file of at most 64 KiB")
	}
	return io.ReadAll(io.LimitReader(file, maxSize))
}

func refuse(message string, cause error) error {
	return &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig, Message: message, Cause: cause,
		Hint: "Put the secret where the reference leads, or correct the reference in the profile.",
	}
}
