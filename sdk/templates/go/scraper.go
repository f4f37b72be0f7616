package main

import (
	"math"
	"strconv"

	"switchyard"
	"switchyard/exposition"
)

var _ switchyard.Scraper = (*Rule)(nil)

const metricsPath = "/metrics"

// Plan reads one metric of each endpoint into a column that other plugins can ask for.
//
// The host fetches, as often as it fetches everything else, and hands over the lines of the metric alone.
func (rule *Rule) Plan() ([]switchyard.Fetch, error) {
	fetch := switchyard.Fetch{
		Name:     "metrics",
		Scheme:   "http",
		Path:     metricsPath,
		Families: []string{rule.settings.Metric},
		Columns:  []switchyard.Column{rule.settings.Column},
	}
	return []switchyard.Fetch{fetch}, nil
}

// Parse takes the first series of the metric; without one the value is not known.
func (rule *Rule) Parse(answer switchyard.Answer) ([]switchyard.Sample, error) {
	if answer.Status != 200 {
		status := strconv.Itoa(int(answer.Status))
		return nil, switchyard.CannotAnswer(metricsPath + " answered with status " + status + ", expected 200")
	}
	value := math.NaN()
	for series := range exposition.Read(answer.Body) {
		if series.Name == rule.settings.Metric {
			value = series.Value
			break
		}
	}
	var sample switchyard.Sample
	sample.Values = []float64{value}
	return []switchyard.Sample{sample}, nil
}
