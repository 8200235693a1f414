package postgres

import "testing"

func TestRewrite(t *testing.T) {
	t.Parallel()
	var r rewriter
	for query, want := range map[string]string{
		"SELECT 1": "SELECT 1",
		"SELECT a FROM b WHERE c = ? AND d IN (?, ?)":                         "SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)",
		"SELECT ?1, a FROM b WHERE c = ?2 OR d = ?1":                          "SELECT $1, a FROM b WHERE c = $2 OR d = $1",
		"VALUES (?10, ?2)":                                                    "VALUES ($10, $2)",
		"SELECT '?', \"?\", '''?' WHERE a = ?":                                "SELECT '?', \"?\", '''?' WHERE a = $1",
		"SELECT a FROM b INDEXED BY b_by_a WHERE a = CAST(? AS TEXT)":         "SELECT a FROM b WHERE a = CAST($1 AS TEXT)",
		"UPDATE b INDEXED BY b_by_a SET a = ?\n\t\tWHERE c = ?":               "UPDATE b SET a = $1\n\t\tWHERE c = $2",
		"SELECT a FROM b i\n\tINDEXED BY x, c d INDEXED BY y WHERE i.a = d.a": "SELECT a FROM b i, c d WHERE i.a = d.a",
	} {
		for range 2 { // The second time, it is known.
			if got := r.rewrite(query); got != want {
				t.Errorf("%q:\n%q, want\n%q", query, got, want)
			}
		}
	}
}
