package score

import (
	"math"
	"slices"
	"testing"
)

var unknown = math.NaN()

func TestLowerScoresBetter(t *testing.T) {
	check := func(values []float64, want ...float64) {
		t.Helper()
		scores := make([]float64, len(values))
		LowerIsBetter(scores, values)
		if !slices.Equal(scores, want) {
			t.Errorf("%v: found %v, expected %v", values, scores, want)
		}
	}
	check([]float64{10, 5, 0}, 0, 0.5, 1)
	check([]float64{5, 5}, 1, 1)
	check([]float64{0, 0}, 1, 1)
	check([]float64{3}, 1)
	check([]float64{2, unknown, 6}, 1, 0, 0)
	check([]float64{4, unknown}, 1, 1)
	check([]float64{unknown, unknown}, 1, 1)
	check(nil)
}

func TestAnUnknownValueGetsTheLowestScore(t *testing.T) {
	check := func(values []float64, want ...float64) {
		t.Helper()
		scores := make([]float64, len(values))
		Each(scores, values, func(value float64) float64 { return 1 - value })
		if !slices.Equal(scores, want) {
			t.Errorf("%v: found %v, expected %v", values, scores, want)
		}
	}
	check([]float64{0.25, 0.5, 1}, 0.75, 0.5, 0)
	check([]float64{0.25, unknown, 0.5}, 0.75, 0.5, 0.5)
	check([]float64{unknown, unknown}, 0, 0)
	check(nil)
}
