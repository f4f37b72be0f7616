package main

import "switchyard"

var _ switchyard.Filter = (*Rule)(nil)

// Keep drops endpoints that are being drained: those whose label `drainLabel` is "true".
func (rule *Rule) Keep(_ switchyard.Request, endpoints switchyard.Endpoints) ([]uint32, error) {
	kept := make([]uint32, 0, endpoints.Len())
	for _, row := range endpoints.Rows() {
		if drained, known := rule.drained.Get(row); known && !drained {
			kept = append(kept, row)
		}
	}
	return kept, nil
}
