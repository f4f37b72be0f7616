package main

import (
	"math"
	"strconv"

	"switchyard"
	"switchyard/exposition"
)

var _ switchyard.Scraper = (*Rule)(nil)

// The temperature of one GPU, in degrees Celsius, as NVIDIA's DCGM exporter names it.
const family = "DCGM_FI_DEV_GPU_TEMP"

// From here on, numbers stand for the reasons why DCGM does not know a value.
const blank = 0x7ffffff0

// Plan reads the temperatures as often as the host reads everything else.
func (rule *Rule) Plan() ([]switchyard.Fetch, error) {
	return []switchyard.Fetch{{
		Name:     "gpu-temperature",
		Scheme:   "http",
		Port:     rule.settings.Port,
		Path:     rule.settings.Path,
		Families: []string{family},
		Columns:  []switchyard.Column{column},
	}}, nil
}

// Parse takes the hottest GPU of the server; without any the temperature is not known.
func (rule *Rule) Parse(answer switchyard.Answer) ([]switchyard.Sample, error) {
	if answer.Status != 200 {
		status := strconv.Itoa(int(answer.Status))
		return nil, switchyard.CannotAnswer(rule.settings.Path + " answered with status " + status + ", expected 200")
	}
	hottest := math.NaN()
	for series := range exposition.Read(answer.Body) {
		if series.Name != family || series.Value >= blank {
			continue
		}
		// Nothing is hotter than NaN, so the first is taken as it is.
		if math.IsNaN(hottest) || series.Value > hottest {
			hottest = series.Value
		}
	}
	return []switchyard.Sample{{Values: []float64{hottest}}}, nil
}
