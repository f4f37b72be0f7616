package main

import "switchyard"

var _ switchyard.ResponseStartedHook = (*Rule)(nil)

// ResponseStarted names the endpoint that answered in a header of the response.
func (rule *Rule) ResponseStarted(request switchyard.Request, _ uint16) ([]switchyard.Header, error) {
	taken := request.Peers("")
	if len(taken) == 0 {
		return nil, nil
	}
	name, known := rule.names.Get(taken[0])
	if !known {
		return nil, nil
	}
	header := switchyard.Header{Name: rule.settings.Header, Value: name}
	return []switchyard.Header{header}, nil
}
