// A scorer that leaves much garbage behind at each call, for a test that its memory stays flat however often
// Go collects it, and that the collector never disturbs what the host writes.
package main

import (
	"slices"
	"strconv"

	"switchyard"
	"switchyard/component"
)

type rule struct{}

func (rule) Needs() switchyard.Needs {
	return switchyard.Needs{Columns: []switchyard.Column{switchyard.ColumnWaitingRequests}}
}

// Score ranks endpoints by way of maps, strings and sorted slices: score = 1 - rank / endpoints, where rank
// counts those with fewer waiting requests.
func (rule) Score(request switchyard.Request, endpoints switchyard.Endpoints, scores []float64) error {
	waiting, id := endpoints.Column(switchyard.ColumnWaitingRequests), request.ID()
	byName := map[string]float64{}
	for at, row := range endpoints.Rows() {
		byName[id+"/"+strconv.Itoa(int(row))] = waiting[at]
	}
	values := make([]float64, 0, len(byName))
	for _, value := range byName {
		values = append(values, value)
	}
	slices.Sort(values)
	for at, row := range endpoints.Rows() {
		value := byName[id+"/"+strconv.Itoa(int(row))]
		rank, _ := slices.BinarySearch(values, value)
		scores[at] = 1 - float64(rank)/float64(len(values))
	}
	return nil
}

func init() {
	component.Export(switchyard.Definition[switchyard.NoSettings]{
		Name:    "garbage",
		Version: "0.1.0",
		Summary: "Scores by rank and leaves much garbage behind",
		New:     func(switchyard.NoSettings) (switchyard.Plugin, error) { return rule{}, nil },
	})
}

func main() {}
