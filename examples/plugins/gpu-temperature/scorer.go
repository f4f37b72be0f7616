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
	score.Each(scores, endpoints.Column(column), func(temperature float64) float64 {
		return min(1, max(0, (hot-temperature)/(hot-cool)))
	})
	return nil
}
