package switchyard_test

import (
	"errors"
	"fmt"
	"testing"

	"switchyard"
)

func TestErrorsBecomeFaults(t *testing.T) {
	for _, check := range []struct {
		err  error
		want switchyard.Fault
	}{
		{switchyard.CannotAnswer("no"), switchyard.Fault{Message: "no"}},
		{switchyard.Refuse(429, "full"), switchyard.Fault{Code: 429, Message: "full"}},
		{fmt.Errorf("looking: %w", switchyard.Refuse(403, "no")), switchyard.Fault{Code: 403, Message: "no"}},
		{errors.New("broken"), switchyard.Fault{Message: "broken"}},
	} {
		if found := switchyard.FaultOf(check.err); found != check.want {
			t.Errorf("%v: found %+v, expected %+v", check.err, found, check.want)
		}
	}
	if found := switchyard.Refuse(429, "full").Error(); found != "full (status 429)" {
		t.Errorf("found %q", found)
	}
}

func TestADecisionFollowsAResult(t *testing.T) {
	result := switchyard.ProfileResult{Profile: "decode", Rows: []uint32{3, 1}}
	found := switchyard.DecisionOf(result)
	if found.Primary != "decode" || len(found.Targets) != 2 || found.Targets[0].Row != 3 || found.Targets[1].Row != 1 {
		t.Errorf("found %+v", found)
	}
}
