// Package score holds the shapes that scores of endpoints usually have.
//
// One rule holds in all of them: unknown is NaN and never wins.
package score

import "math"

// LowerIsBetter scores from the least value, which gets 1, to the greatest, which gets 0. All equal get 1. An
// unknown value counts as the greatest known one, and where all are unknown all are equal.
func LowerIsBetter(scores, values []float64) {
	least, greatest := Range(values)
	span := greatest - least
	for at, value := range values {
		switch {
		case !(span > 0):
			scores[at] = 1
		case math.IsNaN(value):
			scores[at] = 0
		default:
			scores[at] = (greatest - value) / span
		}
	}
}

// Each scores every known value, from 0 to 1. An unknown one gets the lowest score of the known, and where
// all are unknown all get 0.
func Each(scores, values []float64, score func(value float64) float64) {
	for at, value := range values {
		if math.IsNaN(value) {
			scores[at] = value
		} else {
			scores[at] = score(value)
		}
	}
	UnknownIsWorst(scores)
}

// UnknownIsWorst gives every NaN among scores the lowest of the others; 0 where there is no other.
func UnknownIsWorst(scores []float64) {
	for _, score := range scores {
		if math.IsNaN(score) {
			replaceUnknown(scores)
			return
		}
	}
}

func replaceUnknown(scores []float64) {
	lowest, _ := Range(scores)
	if math.IsInf(lowest, 0) {
		lowest = 0
	}
	for at, score := range scores {
		if math.IsNaN(score) {
			scores[at] = lowest
		}
	}
}

// Range gives the least and the greatest known value; +Inf and -Inf where none is known.
func Range(values []float64) (least, greatest float64) {
	// Plain comparisons: they are false for NaN, which is just what is wanted here.
	least, greatest = math.Inf(1), math.Inf(-1)
	for _, value := range values {
		if value < least {
			least = value
		}
		if value > greatest {
			greatest = value
		}
	}
	return least, greatest
}
