package types

import "testing"

func TestAnOptionHoldsAValueOrNone(t *testing.T) {
	if value, some := Some(7).Get(); !some || value != 7 {
		t.Errorf("found %v, %v", value, some)
	}
	if value, some := None[int]().Get(); some || value != 0 {
		t.Errorf("found %v, %v", value, some)
	}
}

func TestAResultIsAnAnswerOrAReason(t *testing.T) {
	answer := Ok[int, string](7)
	if answer.Tag() != ResultOk || answer.Ok() != 7 || answer.Err() != "" {
		t.Errorf("found %+v", answer)
	}
	reason := Err[int]("no")
	if reason.Tag() != ResultErr || reason.Ok() != 0 || reason.Err() != "no" {
		t.Errorf("found %+v", reason)
	}
}
