//go:build !wasip1

package switchyardtest

import (
	"fmt"
	"math"
	"testing"

	"switchyard"
	"switchyard/internal/host"
)

// Endpoint is an endpoint in "default" named after its row, at 10.0.0.<row>:8000, with these labels.
func Endpoint(row uint32, labels ...switchyard.Label) switchyard.Endpoint {
	name := fmt.Sprintf("pod-%d", row)
	return switchyard.Endpoint{
		Row:       row,
		ID:        "default/" + name,
		Name:      name,
		Namespace: "default",
		Address:   fmt.Sprintf("10.0.0.%d", row),
		Port:      8000,
		Labels:    labels,
	}
}

// Picked is a result of a profile that picked rows, each with a total of 1.
func Picked(profile string, rows ...uint32) switchyard.ProfileResult {
	totals := make([]float64, len(rows))
	for at := range totals {
		totals[at] = 1
	}
	return switchyard.ProfileResult{Profile: profile, Outcome: switchyard.OutcomePicked, Rows: rows, Totals: totals}
}

// Log gives the lines logged since the plugin was configured, as "level: message".
func Log() []string {
	var lines []string
	for _, line := range host.Current.Lines {
		lines = append(lines, levels[line.Level]+": "+line.Message)
	}
	return lines
}

var levels = map[host.Level]string{host.Debug: "debug", host.Info: "info", host.Warn: "warn", host.Error: "error"}

// OwnColumn gives the value of an own column; 0 where none was written.
func OwnColumn(column, row uint32) float64 {
	return host.Current.Columns[host.Cell{Column: column, Row: row}]
}

// Close fails the test unless both lists are equal up to rounding. NaN equals NaN.
func Close(t testing.TB, found []float64, want ...float64) {
	t.Helper()
	const rounding = 1e-9
	equal := len(found) == len(want)
	for at := 0; equal && at < len(want); at++ {
		bothUnknown := math.IsNaN(found[at]) && math.IsNaN(want[at])
		equal = bothUnknown || found[at] == want[at] || math.Abs(found[at]-want[at]) < rounding
	}
	if !equal {
		t.Errorf("found %v, expected %v", found, want)
	}
}
