package main

import "switchyard"

var _ switchyard.Decider = (*Rule)(nil)

// Decide lets a further profile run for long prompts only: from `minPromptTokens` on. Where the length is not
// known, it does not run.
func (rule *Rule) Decide(_ switchyard.Request, _ string, picked switchyard.Endpoints) (bool, error) {
	// A comparison with NaN is false.
	return picked.Scalar(switchyard.ScalarPromptTokens) >= rule.settings.MinPromptTokens, nil
}
