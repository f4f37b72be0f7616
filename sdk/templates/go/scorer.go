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
	for at, waiting := range endpoints.Column(switchyard.ColumnWaitingRequests) {
		if waiting > fullAt {
			scores[at] = 0
		} else {
			// What is not known is NaN, and NaN it stays here.
			scores[at] = 1 - waiting/fullAt
		}
	}
	score.UnknownIsWorst(scores)
	return nil
}
