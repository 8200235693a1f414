package signin

import (
	"net/netip"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// originsKept is how many origins are told apart, at some 200 bytes each.
const originsKept = 10_000

// attempts keeps each origin to a number of attempts a minute.
type attempts struct {
	perMinute int
	origins   *lru.Cache[string, *rate.Limiter]
}

func newAttempts(perMinute int) *attempts {
	origins, err := lru.New[string, *rate.Limiter](originsKept)
	if err != nil {
		panic(err) // Of a size below 1, which the constant is not.
	}
	return &attempts{perMinute, origins}
}

// allow counts an attempt from the address at that time, or tells that there
// were too many.
func (a *attempts) allow(from string, now time.Time) bool {
	origin := sender(from)
	limiter, ok := a.origins.Get(origin)
	if !ok {
		limiter = rate.NewLimiter(rate.Limit(float64(a.perMinute)/60), a.perMinute)
		// Two first attempts at once must share one limiter.
		if earlier, there, _ := a.origins.PeekOrAdd(origin, limiter); there {
			limiter = earlier
		}
	}
	return limiter.AllowN(now, 1)
}

// sender is what belongs to one sender: of IPv6, whole networks of 64 bits do.
func sender(from string) string {
	addr, err := netip.ParseAddr(from)
	if err != nil || addr.Is4() {
		return from
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return from
	}
	return prefix.String()
}
