package httpd

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// limitsKept is how many token holders are told apart, at some 200 bytes each.
// One that was forgotten has its full burst again.
const limitsKept = 10_000

// limits keeps each token holder to a rate.
type limits struct {
	perSecond rate.Limit
	holders   *lru.Cache[string, *rate.Limiter]
}

// newLimits allows perSecond requests a second on average, and two seconds'
// worth at once; 0 for any number.
func newLimits(perSecond float64) *limits {
	if perSecond <= 0 {
		return nil
	}
	holders, err := lru.New[string, *rate.Limiter](limitsKept)
	if err != nil {
		panic(err) // Of a size below 1, which the constant is not.
	}
	return &limits{rate.Limit(perSecond), holders}
}

// take counts a request of the holder, or tells how long it has to wait.
func (l *limits) take(holder string) (wait time.Duration) {
	if l == nil {
		return 0
	}
	limiter, ok := l.holders.Get(holder)
	if !ok {
		limiter = rate.NewLimiter(l.perSecond, max(1, int(2*l.perSecond)))
		// Two first requests at once must share one limiter.
		if earlier, there, _ := l.holders.PeekOrAdd(holder, limiter); there {
			limiter = earlier
		}
	}
	// Not Reserve and Cancel: of several at once, some would take what they are
	// refused, and the holder would wait longer the more it asks.
	now := time.Now()
	if limiter.AllowN(now, 1) {
		return 0
	}
	missing := 1 - limiter.TokensAt(now)
	return max(time.Duration(missing/float64(l.perSecond)*float64(time.Second)), time.Millisecond)
}
