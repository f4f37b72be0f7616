package main

import (
	"math"
	"testing"

	"switchyard/switchyardtest"
)

func checkScores(t *testing.T, settings string, temperatures []float64, want ...float64) {
	t.Helper()
	plugin := switchyardtest.New(t, definition, settings)
	plugin.Column(column, temperatures...)
	scores, err := plugin.Score()
	if err != nil {
		t.Fatal(err)
	}
	switchyardtest.Close(t, scores, want...)
}

func TestCoolerServersScoreBetter(t *testing.T) {
	checkScores(t, `{}`, []float64{40, 60, 72.5, 85, 90}, 1, 1, 0.5, 0, 0)
	checkScores(t, `{"coolAt": 50, "hotAt": 70}`, []float64{55, 65}, 0.75, 0.25)
}

func TestUnknownIsWorst(t *testing.T) {
	unknown := math.NaN()
	checkScores(t, `{}`, []float64{60, unknown, 80}, 1, 0.2, 0.2)
	checkScores(t, `{}`, []float64{unknown, unknown}, 0, 0)
}

func TestSettingsThatMakeNoSenseAreRefused(t *testing.T) {
	check := func(settings string, paths ...string) {
		t.Helper()
		mistakes := switchyardtest.Refused(t, definition, settings)
		if len(mistakes) != len(paths) {
			t.Fatalf("%s: found %v, expected mistakes at %q", settings, mistakes, paths)
		}
		for at, path := range paths {
			if mistakes[at].Path != path {
				t.Errorf("%s: found %v, expected mistakes at %q", settings, mistakes, paths)
			}
		}
	}
	check(`{"path": "metrics", "hotAt": 60}`, "path", "hotAt")
	check(`{"path": ""}`, "path")
	check(`{"port": 70000}`, "port")
	check(`{"coolat": 50}`, "coolat")
}
