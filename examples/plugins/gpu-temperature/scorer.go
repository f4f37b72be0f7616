package main

import (
	"switchyard"
	"switchyard/score"
)

var _ switchyard.Scorer = (*Rule)(nil)

// Score prefers cooler servers: 1 up to `coolAt`, 0 from `hotAt` on, and evenly in between.
//
// A server whose temperature is not known scores as the hottest that is known. Where none is known, all score 0.
func (rule *Rule) Score(_ switchyard.Request, endpoints switchyard.Endpoints, scores []float64) error {
	cool, hot := rule.settings.CoolAt, rule.settings.HotAt
	for at, temperature := range endpoints.Column(column) {
		switch {
		case temperature <= cool:
			scores[at] = 1
		case temperature >= hot:
			scores[at] = 0
		default:
			// What is not known is NaN, and NaN it stays here.
			scores[at] = (hot - temperature) / (hot - cool)
		}
	}
	score.UnknownIsWorst(scores)
	return nil
}
