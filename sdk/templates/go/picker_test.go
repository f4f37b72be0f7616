package main

import (
	"slices"
	"testing"

	"switchyard/switchyardtest"
)

func pick(t *testing.T, settings string, seed uint64, totals ...float64) []uint32 {
	t.Helper()
	plugin := switchyardtest.New(t, definition, settings)
	plugin.SetRequest(switchyardtest.Request{Seed: seed})
	rows, err := plugin.Pick(totals...)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestTheBestComeFirst(t *testing.T) {
	check := func(settings string, totals []float64, want ...uint32) {
		t.Helper()
		if rows := pick(t, settings, 1, totals...); !slices.Equal(rows, want) {
			t.Errorf("%s: found %v, expected %v", settings, rows, want)
		}
	}
	check(`{}`, []float64{0.5, 2, 1}, 1, 2)
	check(`{"fallbacks": 0}`, []float64{0.5, 2, 1}, 1)
	check(`{"fallbacks": 9}`, []float64{0.5, 2}, 1, 0)
}

func TestChanceDecidesAmongEquals(t *testing.T) {
	zeros := 0
	for seed := range uint64(1000) {
		if pick(t, `{}`, seed, 1, 1)[0] == 0 {
			zeros++
		}
	}
	if zeros < 400 || zeros > 600 {
		t.Errorf("row 0 was picked %d of 1000 times, expected about half", zeros)
	}
	if one, other := pick(t, `{}`, 7, 1, 1), pick(t, `{}`, 7, 1, 1); !slices.Equal(one, other) {
		t.Errorf("found %v and %v for one seed", one, other)
	}
}
