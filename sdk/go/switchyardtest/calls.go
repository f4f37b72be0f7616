//go:build !wasip1

package switchyardtest

import "switchyard"

// Keep filters rows.
func (plugin *Plugin) Keep(rows ...uint32) ([]uint32, error) {
	return plugin.guest.Keep(rows, plugin.inputs(rows))
}

// Score scores rows 0, 1, 2 and so on, as many as the columns given have values.
func (plugin *Plugin) Score() ([]float64, error) {
	return plugin.ScoreRows(plugin.rows()...)
}

// ScoreRows scores rows.
func (plugin *Plugin) ScoreRows(rows ...uint32) ([]float64, error) {
	return plugin.guest.Score(rows, plugin.inputs(rows))
}

// Pick picks among rows 0, 1, 2 and so on with these totals.
func (plugin *Plugin) Pick(totals ...float64) ([]uint32, error) {
	rows := count(len(totals))
	return plugin.guest.Pick(rows, totals, plugin.inputs(rows))
}

// Decide asks whether profile shall run after these rows were picked.
func (plugin *Plugin) Decide(profile string, picked ...uint32) (bool, error) {
	return plugin.guest.Decide(profile, picked, plugin.inputs(picked))
}

// Next asks for the profiles after those that are done.
func (plugin *Plugin) Next(done ...switchyard.ProfileResult) ([]switchyard.Step, error) {
	return plugin.guest.Next(done, plugin.inputs(pickedRows(done)))
}

// Decision asks for the decision.
func (plugin *Plugin) Decision(done ...switchyard.ProfileResult) (switchyard.Decision, error) {
	return plugin.guest.Decision(done, plugin.inputs(pickedRows(done)))
}

func pickedRows(done []switchyard.ProfileResult) []uint32 {
	var rows []uint32
	for _, result := range done {
		rows = append(rows, result.Rows...)
	}
	return rows
}

// Plan asks what to fetch.
func (plugin *Plugin) Plan() ([]switchyard.Fetch, error) {
	return plugin.guest.Plan()
}

// Parse hands over an answer of the first fetch, for row 0.
func (plugin *Plugin) Parse(status uint16, body string) ([]switchyard.Sample, error) {
	return plugin.guest.Parse(switchyard.Answer{Status: status, ElapsedMs: 1, Body: []byte(body)})
}

// Picked tells of a decision.
func (plugin *Plugin) Picked(decision switchyard.Decision) ([]switchyard.Header, error) {
	rows := make([]uint32, len(decision.Targets))
	for at, target := range decision.Targets {
		rows[at] = target.Row
	}
	return plugin.guest.Picked(decision, plugin.inputs(rows))
}

// ResponseStarted tells of the response's headers.
func (plugin *Plugin) ResponseStarted(status uint16) ([]switchyard.Header, error) {
	return plugin.guest.ResponseStarted(status)
}

// ResponseEnded tells of a request's end.
func (plugin *Plugin) ResponseEnded(ended switchyard.Ended) error {
	return plugin.guest.ResponseEnded(ended)
}
