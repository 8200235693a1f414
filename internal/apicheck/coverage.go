package apicheck

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (c *Checker) count(operation string, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[key(operation, status)] = true
}

func key(operation string, status int) string { return fmt.Sprintf("%s %d", operation, status) }

// Unseen lists what the document promises and no exchange showed, as
// "operationId status", sorted, of the operations with one of the tags.
// Statuses that every operation has may be left out; see [Checker.Seen].
func (c *Checker) Unseen(without []int, tags ...string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var unseen []string
	for _, item := range c.doc.Paths.Map() {
		for _, operation := range item.Operations() {
			if !slices.ContainsFunc(operation.Tags, func(tag string) bool { return slices.Contains(tags, tag) }) {
				continue
			}
			for status := range operation.Responses.Map() {
				code, err := strconv.Atoi(status)
				if err == nil && !slices.Contains(without, code) && !c.seen[key(operation.OperationID, code)] {
					unseen = append(unseen, key(operation.OperationID, code))
				}
			}
		}
	}
	slices.Sort(unseen)
	return unseen
}

// Seen tells whether some operation was seen to answer with the status.
func (c *Checker) Seen(status int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for seen := range c.seen {
		if strings.HasSuffix(seen, fmt.Sprintf(" %d", status)) {
			return true
		}
	}
	return false
}

// Route is an operation of the document.
type Route struct {
	Method     string
	Path       string // as [http.ServeMux] writes it
	Permission string // that the caller needs; empty: none
	Public     bool   // needs no token either
}

// Routes lists the document's operations, by path.
func (c *Checker) Routes() []Route {
	var routes []Route
	for path, item := range c.doc.Paths.Map() {
		for method, operation := range item.Operations() {
			permission, _ := operation.Extensions["x-permission"].(string)
			routes = append(routes, Route{
				Method: method, Path: strings.ReplaceAll(path, rest, "{path...}"), Permission: permission,
				Public: operation.Security != nil && len(*operation.Security) == 0,
			})
		}
	}
	slices.SortFunc(routes, func(a, b Route) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
	return routes
}
