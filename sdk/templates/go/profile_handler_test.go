package main

import (
	"slices"
	"testing"

	"switchyard"
	"switchyard/switchyardtest"
)

func TestTheProfileRunsOnce(t *testing.T) {
	check := func(settings string, done []switchyard.ProfileResult, want ...switchyard.Step) {
		t.Helper()
		steps, err := switchyardtest.New(t, definition, settings).Next(done...)
		if err != nil || !slices.Equal(steps, want) {
			t.Errorf("%s: found %v, %v, expected %v", settings, steps, err, want)
		}
	}
	check(`{}`, nil, switchyard.Step{Profile: "default"})
	check(`{"profile": "chat"}`, nil, switchyard.Step{Profile: "chat"})
	check(`{}`, []switchyard.ProfileResult{switchyardtest.Picked("default", 3)})
}

func TestItsPickIsTheDecision(t *testing.T) {
	decision, err := switchyardtest.New(t, definition, `{}`).Decision(switchyardtest.Picked("default", 3, 1))
	best, fallback := switchyard.Target{Row: 3}, switchyard.Target{Row: 1}
	want := []switchyard.Target{best, fallback}
	if err != nil || decision.Primary != "default" || !slices.Equal(decision.Targets, want) {
		t.Errorf("found %+v, %v", decision, err)
	}
}

func TestWithoutAPickTheRequestIsRefused(t *testing.T) {
	done := switchyard.ProfileResult{Profile: "default", Outcome: switchyard.OutcomeFilteredOut}
	if _, err := switchyardtest.New(t, definition, `{}`).Decision(done); err == nil || switchyard.FaultOf(err).Code != 503 {
		t.Errorf("found %v, expected status 503", err)
	}
}
