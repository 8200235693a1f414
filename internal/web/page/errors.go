package page

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/via-orchestrate/orchestrate/internal/problem"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// failure is what the page of an error shows.
type failure struct {
	Status int
	Title  string
	Advice string // empty: the detail says all
	problem.Document
}

// Fail answers with what an error means to a person: a page, or for htmx a
// message. Who is not signed in is led to the sign-in page, and back.
func (k *Kit) Fail(w http.ResponseWriter, r *http.Request, err error) {
	if vod.CodeOf(err) == vod.Unauthenticated {
		k.signIn(w, r)
		return
	}
	if vod.CodeOf(err) == "" && r.Context().Err() != nil {
		// The browser has gone on to another page, and nobody reads this.
		k.config.Log.DebugContext(r.Context(), "request given up", "path", r.URL.Path, "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	doc := problem.FromError(err)
	if doc.Status == http.StatusInternalServerError {
		k.config.Log.ErrorContext(r.Context(), "a page failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	f := failure{Status: doc.Status, Document: doc, Title: k.known(fmt.Sprintf("error.%d", doc.Status), "error.other")}
	f.Advice = k.texts[fmt.Sprintf("error.%d.advice", doc.Status)]
	asked := &Request{Request: r}
	// Who may not act for the tenant is shown the others, and can sign out.
	if caller, callerErr := k.config.Caller(r.Context()); callerErr == nil || vod.CodeOf(callerErr) == vod.Forbidden {
		asked.Caller = caller
	}
	if isPart(r) {
		err = k.errors.alert(w, asked, f)
	} else {
		err = k.errors.Page(w, asked, f.Status, Page{Title: f.Title, Content: "failure", Data: f}) //nolint:contextcheck // It is in asked.
	}
	if err != nil {
		k.config.Log.ErrorContext(r.Context(), "the page of an error failed", "path", r.URL.Path, "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// alert has htmx put the message where the layout has a place for it, whatever
// was to be replaced.
func (t *Templates) alert(w http.ResponseWriter, r *Request, f failure) error {
	w.Header().Set("HX-Retarget", "#alerts")
	w.Header().Set("HX-Reswap", "innerHTML")
	return t.Part(statusWriter{w, f.Status}, r, "alert", f)
}

// statusWriter answers with a status of its own.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w statusWriter) WriteHeader(int) { w.ResponseWriter.WriteHeader(w.status) }

// known is the first text of the keys that there is.
func (k *Kit) known(keys ...string) string {
	for _, key := range keys {
		if text, ok := k.texts[key]; ok {
			return text
		}
	}
	return keys[len(keys)-1]
}

// signIn leads to the sign-in page. A request that htmx makes cannot be led on
// as such: the whole page goes there, and later back to where it was.
func (k *Kit) signIn(w http.ResponseWriter, r *http.Request) {
	to := r.URL.RequestURI()
	if isPart(r) {
		to = Prefix
		if shown, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil && shown.Path != "" {
			to = shown.RequestURI()
		}
	} else if r.Method != http.MethodGet {
		to = Prefix
	}
	address := Prefix + "_/sign-in?to=" + url.QueryEscape(to)
	if isPart(r) {
		w.Header().Set("HX-Redirect", address)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
}
