package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Error is every problem that the configuration has, one sentence each, which
// begins with the key.
type Error struct {
	Problems []string
}

// Error implements error.
func (e *Error) Error() string {
	if len(e.Problems) == 1 {
		return "the configuration has a problem: " + e.Problems[0]
	}
	return fmt.Sprintf("the configuration has %d problems:\n  %s", len(e.Problems), strings.Join(e.Problems, "\n  "))
}

// Check tells all problems at once, as an [Error]. It is not called Validate, as
// kong would call that before [Source.Finish].
func (c *Config) Check() error {
	var all []string
	check := func(key, problem string) {
		if problem != "" {
			all = append(all, key+": "+problem)
		}
	}
	check("addr", addrProblem(c.Addr))
	if c.MetricsAddr != "" {
		check("metrics-addr", addrProblem(c.MetricsAddr))
	}
	if c.PublicURL != "" {
		check("public-url", urlProblem(c.PublicURL))
	}
	c.checkDatabase(check)
	c.Temporal.check(check)
	c.checkRoots(check)
	if c.ScratchSize < 0 {
		check("scratch-size", "is not a size of 0 or greater")
	}
	for _, dir := range c.AllowSourceDir {
		if !filepath.IsAbs(dir) {
			check("allow-source-dir", fmt.Sprintf("%q is not an absolute folder", dir))
		}
	}
	for _, p := range c.AllowNet {
		if p != p.Masked() {
			check("allow-net", fmt.Sprintf("%s has bits set after its first %d; did you mean %s?", p, p.Bits(), p.Masked()))
		}
	}
	for _, origin := range c.PlayConnect {
		if !originForm.MatchString(origin) {
			check("play-connect", "must be an origin such as https://keys.example.com, without a path") // It may hold a password.
		}
	}
	c.SignIn.check(check)
	if c.StallAfter <= 0 {
		check("stall-after", fmt.Sprintf("%s is not a time greater than 0", c.StallAfter))
	}
	if c.Drain < 0 {
		check("drain", fmt.Sprintf("%s is not a time of 0 or greater", c.Drain))
	}
	if !slices.Contains([]string{"text", "json"}, c.LogFormat) {
		check("log-format", fmt.Sprintf("%q is not text or json", c.LogFormat))
	}
	for _, l := range c.Locations {
		all = append(all, l.problems()...)
	}
	if len(all) > 0 {
		return &Error{all}
	}
	return nil
}

// originForm is http or https, a host and at most a port (RFC 6454, 7.1).
var originForm = regexp.MustCompile(`^https?://([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]+)?$`)

func addrProblem(addr string) string {
	_, port, err := net.SplitHostPort(addr)
	if n, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil || n > 65535 {
		return fmt.Sprintf("%q is not a host and a port such as 127.0.0.1:8080", addr)
	}
	return ""
}

// mediaRootProblem keeps what is served apart from what is not.
func mediaRootProblem(root, data string) string {
	if below(root, data) {
		return fmt.Sprintf("%q holds the data folder; what is served must stand apart from what is not", root)
	}
	rel, err := filepath.Rel(data, root)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	first, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	if slices.Contains([]string{"backups", "scratch", "secrets", "store", "uploads"}, first) {
		return fmt.Sprintf("%q is where the server keeps what is not served; choose another folder", root)
	}
	return ""
}

// anyHost tells whether a server that is bound to the host listens at every
// address of the machine.
func anyHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

// urlProblem checks an address that others are put below.
func urlProblem(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return "must be an address such as https://media.example.com" // It may hold a password, so it is not repeated.
	case u.User != nil:
		return "must not hold a user name or password"
	case anyHost(u.Hostname()):
		return "must name a host that clients reach, such as https://media.example.com; it begins the addresses of streams"
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return "must not have a query or fragment"
	}
	return ""
}
