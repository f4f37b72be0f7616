package main

import (
	"cmp"
	"slices"

	"switchyard"
)

var _ switchyard.Picker = (*Rule)(nil)

// Pick takes the endpoints with the best totals, best first: one, and `fallbacks` further ones.
//
// Among equals chance decides. It comes from the request's seed, so that a replay picks the same.
func (rule *Rule) Pick(request switchyard.Request, endpoints switchyard.Endpoints, totals []float64) ([]uint32, error) {
	type candidate struct {
		row   uint32
		total float64
	}
	ranked := make([]candidate, endpoints.Len())
	for at, row := range endpoints.Rows() {
		ranked[at] = candidate{row, totals[at]}
	}
	random := switchyard.NewRandom(request.Seed())
	random.Shuffle(len(ranked), func(i, j int) { ranked[i], ranked[j] = ranked[j], ranked[i] })
	slices.SortStableFunc(ranked, func(one, other candidate) int { return cmp.Compare(other.total, one.total) })
	most := min(int64(rule.settings.Fallbacks)+1, int64(len(ranked)))
	rows := make([]uint32, most)
	for at := range rows {
		rows[at] = ranked[at].row
	}
	return rows, nil
}
