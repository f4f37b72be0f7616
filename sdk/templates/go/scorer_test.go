package main

import (
	"math"
	"testing"

	"switchyard"
	"switchyard/switchyardtest"
)

func checkScores(t *testing.T, settings string, waiting []float64, want ...float64) {
	t.Helper()
	plugin := switchyardtest.New(t, definition, settings)
	plugin.Column(switchyard.ColumnWaitingRequests, waiting...)
	scores, err := plugin.Score()
	if err != nil {
		t.Fatal(err)
	}
	switchyardtest.Close(t, scores, want...)
}

func TestFewerWaitingRequestsScoreBetter(t *testing.T) {
	checkScores(t, `{}`, []float64{0, 5, 10, 99}, 1, 0.5, 0, 0)
	checkScores(t, `{"fullAt": 4}`, []float64{1, 3}, 0.75, 0.25)
}

func TestUnknownIsWorst(t *testing.T) {
	unknown := math.NaN()
	checkScores(t, `{}`, []float64{2, unknown, 5}, 0.8, 0.5, 0.5)
	checkScores(t, `{}`, []float64{unknown, unknown}, 0, 0)
}

func TestSettingsOutOfRangeAreRefused(t *testing.T) {
	for settings, path := range map[string]string{`{"fullAt": 0}`: "fullAt", `{"fullat": 3}`: "fullat"} {
		if mistakes := switchyardtest.Refused(t, definition, settings); mistakes[0].Path != path {
			t.Errorf("%s: found %v, expected a mistake at %s", settings, mistakes, path)
		}
	}
}
