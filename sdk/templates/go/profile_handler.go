package main

import "switchyard"

var _ switchyard.ProfileHandler = (*Rule)(nil)

// Next runs one profile. It is called again after the profile ran: nothing more is to run then.
func (rule *Rule) Next(_ switchyard.Request, done []switchyard.ProfileResult, _ switchyard.Endpoints) ([]switchyard.Step, error) {
	if len(done) > 0 {
		return nil, nil
	}
	step := switchyard.Step{Profile: rule.settings.Profile}
	return []switchyard.Step{step}, nil
}

// Decision is what the profile picked.
func (rule *Rule) Decision(_ switchyard.Request, done []switchyard.ProfileResult, _ switchyard.Endpoints) (switchyard.Decision, error) {
	for _, result := range done {
		if result.Outcome == switchyard.OutcomePicked {
			return switchyard.DecisionOf(result), nil
		}
	}
	return switchyard.Decision{}, switchyard.Refuse(503, "no endpoint can take the request")
}
