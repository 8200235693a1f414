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
	reservation := limiter.Reserve()
	if wait = reservation.Delay(); wait > 0 {
		reservation.Cancel() // A request that is refused takes nothing.
	}
	return wait
}
