package main

import (
	"switchyard"
	"switchyard/score"
)

var _ switchyard.Scorer = (*Rule)(nil)

// Score prefers endpoints where fewer requests wait.
//
// score = 1 - waiting / fullAt, at least 0. An endpoint whose queue is not known scores as the worst that is
// known.
func (rule *Rule) Score(_ switchyard.Request, endpoints switchyard.Endpoints, scores []float64) error {
	fullAt := rule.settings.FullAt
	score.Each(scores, endpoints.Column(switchyard.ColumnWaitingRequests), func(waiting float64) float64 {
		return max(0, 1-waiting/fullAt)
	})
	return nil
}
