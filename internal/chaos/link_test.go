package chaos

import (
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

// link is a network connection that can be cut.
type link struct{ proxy *toxiproxy.Proxy }

// newLink leads to an address until the test ends.
func newLink(t *testing.T, upstream string) *link {
	t.Helper()
	address, err := proctest.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l := &link{toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "", address, upstream)}
	if err := l.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.proxy.Stop)
	return l
}

func (l *link) address() string { return l.proxy.Listen }

// cut breaks all connections off and takes no others until mend is called.
func (l *link) cut() { l.proxy.Stop() }

func (l *link) mend(t *testing.T) {
	t.Helper()
	if err := l.proxy.Start(); err != nil {
		t.Fatal(err)
	}
}
