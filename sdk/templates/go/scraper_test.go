package main

import (
	"math"
	"testing"

	"switchyard/switchyardtest"
)

func TestTheMetricIsAskedFor(t *testing.T) {
	plan, err := switchyardtest.New(t, definition, `{}`).Plan()
	if err != nil {
		t.Fatal(err)
	}
	if plan[0].Families[0] != "gpu_temperature_celsius" || plan[0].Columns[0] != "custom/gpu-temperature" {
		t.Errorf("found %+v", plan)
	}
}

func TestItsValueFillsTheColumn(t *testing.T) {
	check := func(body string, want float64) {
		t.Helper()
		samples, err := switchyardtest.New(t, definition, `{}`).Parse(200, body)
		if err != nil {
			t.Fatal(err)
		}
		switchyardtest.Close(t, samples[0].Values, want)
	}
	check("# HELP gpu_temperature_celsius Hottest GPU.\n"+
		"gpu_temperature_celsius_max 90\n"+
		"gpu_temperature_celsius{gpu=\"0\"} 61.5\n"+
		"gpu_temperature_celsius{gpu=\"1\"} 70\n", 61.5)
	check("up 1\n", math.NaN())
}

func TestAnyOtherStatusIsAFault(t *testing.T) {
	if samples, err := switchyardtest.New(t, definition, `{}`).Parse(404, ""); err == nil {
		t.Errorf("found %v, expected a fault", samples)
	}
}
