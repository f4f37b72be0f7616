package guest

import "switchyard"

// The stages, with what a plugin must have for each.
var (
	Filter         = stage[switchyard.Filter]("filter", "Keep(switchyard.Request, switchyard.Endpoints) ([]uint32, error)")
	Scorer         = stage[switchyard.Scorer]("scorer", "Score(switchyard.Request, switchyard.Endpoints, []float64) error")
	Picker         = stage[switchyard.Picker]("picker", "Pick(switchyard.Request, switchyard.Endpoints, []float64) ([]uint32, error)")
	Decider        = stage[switchyard.Decider]("decider", "Decide(switchyard.Request, string, switchyard.Endpoints) (bool, error)")
	ProfileHandler = stage[switchyard.ProfileHandler]("profile-handler", "Next and Decision as switchyard.ProfileHandler has them")
	Scraper        = stage[switchyard.Scraper]("scraper", "Plan() ([]switchyard.Fetch, error) and Parse(switchyard.Answer) ([]switchyard.Sample, error)")
	Hooks          = Stage{Name: "hooks", Methods: "Picked, ResponseStarted or ResponseEnded as switchyard has them", In: hasHook}
)

func stage[S any](name, methods string) Stage {
	return Stage{Name: name, Methods: methods, In: func(plugin switchyard.Plugin) bool {
		_, has := plugin.(S)
		return has
	}}
}

func hasHook(plugin switchyard.Plugin) bool {
	switch plugin.(type) {
	case switchyard.PickedHook, switchyard.ResponseStartedHook, switchyard.ResponseEndedHook:
		return true
	}
	return false
}

// Keep filters.
func (guest *Guest) Keep(rows []uint32, inputs []float64) ([]uint32, error) {
	filter, ok := guest.plugin.(switchyard.Filter)
	if !ok {
		return nil, errNotThere
	}
	return filter.Keep(switchyard.Request{}, guest.endpoints(rows, inputs))
}

// Score scores. What it gives is written over by the next call.
func (guest *Guest) Score(rows []uint32, inputs []float64) ([]float64, error) {
	scorer, ok := guest.plugin.(switchyard.Scorer)
	if !ok {
		return nil, errNotThere
	}
	if cap(guest.scores) < len(rows) {
		guest.scores = make([]float64, len(rows))
	}
	scores := guest.scores[:len(rows)]
	clear(scores)
	if err := scorer.Score(switchyard.Request{}, guest.endpoints(rows, inputs), scores); err != nil {
		return nil, err
	}
	return scores, nil
}

// Pick picks.
func (guest *Guest) Pick(rows []uint32, totals, inputs []float64) ([]uint32, error) {
	picker, ok := guest.plugin.(switchyard.Picker)
	if !ok {
		return nil, errNotThere
	}
	return picker.Pick(switchyard.Request{}, guest.endpoints(rows, inputs), totals)
}

// Decide asks whether a profile shall run.
func (guest *Guest) Decide(profile string, picked []uint32, inputs []float64) (bool, error) {
	decider, ok := guest.plugin.(switchyard.Decider)
	if !ok {
		return false, errNotThere
	}
	return decider.Decide(switchyard.Request{}, profile, guest.endpoints(picked, inputs))
}

// Next asks for the profiles to run.
func (guest *Guest) Next(done []switchyard.ProfileResult, inputs []float64) ([]switchyard.Step, error) {
	handler, ok := guest.plugin.(switchyard.ProfileHandler)
	if !ok {
		return nil, errNotThere
	}
	return handler.Next(switchyard.Request{}, done, guest.endpoints(pickedRows(done), inputs))
}

// Decision asks for the decision.
func (guest *Guest) Decision(done []switchyard.ProfileResult, inputs []float64) (switchyard.Decision, error) {
	handler, ok := guest.plugin.(switchyard.ProfileHandler)
	if !ok {
		return switchyard.Decision{}, errNotThere
	}
	return handler.Decision(switchyard.Request{}, done, guest.endpoints(pickedRows(done), inputs))
}

// pickedRows are the rows that a profile handler's inputs are about.
func pickedRows(done []switchyard.ProfileResult) []uint32 {
	var rows []uint32
	for _, result := range done {
		rows = append(rows, result.Rows...)
	}
	return rows
}

// Plan asks what to fetch.
func (guest *Guest) Plan() ([]switchyard.Fetch, error) {
	scraper, ok := guest.plugin.(switchyard.Scraper)
	if !ok {
		return nil, errNotThere
	}
	return scraper.Plan()
}

// Parse reads an answer.
func (guest *Guest) Parse(answer switchyard.Answer) ([]switchyard.Sample, error) {
	scraper, ok := guest.plugin.(switchyard.Scraper)
	if !ok {
		return nil, errNotThere
	}
	return scraper.Parse(answer)
}

// Picked tells of a decision, if the plugin wants to know.
func (guest *Guest) Picked(decision switchyard.Decision, inputs []float64) ([]switchyard.Header, error) {
	hook, ok := guest.plugin.(switchyard.PickedHook)
	if !ok {
		return nil, nil
	}
	rows := make([]uint32, len(decision.Targets))
	for at, target := range decision.Targets {
		rows[at] = target.Row
	}
	return hook.Picked(switchyard.Request{}, decision, guest.endpoints(rows, inputs))
}

// ResponseStarted tells of a response, if the plugin wants to know.
func (guest *Guest) ResponseStarted(status uint16) ([]switchyard.Header, error) {
	hook, ok := guest.plugin.(switchyard.ResponseStartedHook)
	if !ok {
		return nil, nil
	}
	return hook.ResponseStarted(switchyard.Request{}, status)
}

// ResponseEnded tells of a request's end, if the plugin wants to know.
func (guest *Guest) ResponseEnded(ended switchyard.Ended) error {
	hook, ok := guest.plugin.(switchyard.ResponseEndedHook)
	if !ok {
		return nil
	}
	return hook.ResponseEnded(switchyard.Request{}, ended)
}
