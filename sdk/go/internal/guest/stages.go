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

// methods are those that a plugin has; nil where it has none. They are looked up once, not at each call.
type methods struct {
	watcher switchyard.EndpointsWatcher
	filter  switchyard.Filter
	scorer  switchyard.Scorer
	picker  switchyard.Picker
	decider switchyard.Decider
	handler switchyard.ProfileHandler
	scraper switchyard.Scraper
	picked  switchyard.PickedHook
	started switchyard.ResponseStartedHook
	ended   switchyard.ResponseEndedHook
}

func methodsOf(plugin switchyard.Plugin) (has methods) {
	has.watcher, _ = plugin.(switchyard.EndpointsWatcher)
	has.filter, _ = plugin.(switchyard.Filter)
	has.scorer, _ = plugin.(switchyard.Scorer)
	has.picker, _ = plugin.(switchyard.Picker)
	has.decider, _ = plugin.(switchyard.Decider)
	has.handler, _ = plugin.(switchyard.ProfileHandler)
	has.scraper, _ = plugin.(switchyard.Scraper)
	has.picked, _ = plugin.(switchyard.PickedHook)
	has.started, _ = plugin.(switchyard.ResponseStartedHook)
	has.ended, _ = plugin.(switchyard.ResponseEndedHook)
	return has
}

// Keep filters.
func (guest *Guest) Keep(rows []uint32, inputs []float64) ([]uint32, error) {
	if guest.plugin.filter == nil {
		return nil, errNotThere
	}
	return guest.plugin.filter.Keep(switchyard.Request{}, guest.endpoints(rows, inputs))
}

// Score scores.
func (guest *Guest) Score(rows []uint32, inputs []float64) ([]float64, error) {
	if guest.plugin.scorer == nil {
		return nil, errNotThere
	}
	scores := newScores(len(rows))
	if err := guest.plugin.scorer.Score(switchyard.Request{}, guest.endpoints(rows, inputs), scores); err != nil {
		return nil, err
	}
	return scores, nil
}

// Pick picks.
func (guest *Guest) Pick(rows []uint32, totals, inputs []float64) ([]uint32, error) {
	if guest.plugin.picker == nil {
		return nil, errNotThere
	}
	return guest.plugin.picker.Pick(switchyard.Request{}, guest.endpoints(rows, inputs), totals)
}

// Decide asks whether a profile shall run.
func (guest *Guest) Decide(profile string, picked []uint32, inputs []float64) (bool, error) {
	if guest.plugin.decider == nil {
		return false, errNotThere
	}
	return guest.plugin.decider.Decide(switchyard.Request{}, profile, guest.endpoints(picked, inputs))
}

// Next asks for the profiles to run.
func (guest *Guest) Next(done []switchyard.ProfileResult, inputs []float64) ([]switchyard.Step, error) {
	if guest.plugin.handler == nil {
		return nil, errNotThere
	}
	return guest.plugin.handler.Next(switchyard.Request{}, done, guest.endpoints(pickedRows(done), inputs))
}

// Decision asks for the decision.
func (guest *Guest) Decision(done []switchyard.ProfileResult, inputs []float64) (switchyard.Decision, error) {
	if guest.plugin.handler == nil {
		return switchyard.Decision{}, errNotThere
	}
	return guest.plugin.handler.Decision(switchyard.Request{}, done, guest.endpoints(pickedRows(done), inputs))
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
	if guest.plugin.scraper == nil {
		return nil, errNotThere
	}
	return guest.plugin.scraper.Plan()
}

// Parse reads an answer.
func (guest *Guest) Parse(answer switchyard.Answer) ([]switchyard.Sample, error) {
	if guest.plugin.scraper == nil {
		return nil, errNotThere
	}
	return guest.plugin.scraper.Parse(answer)
}

// Picked tells of a decision, if the plugin wants to know.
func (guest *Guest) Picked(decision switchyard.Decision, inputs []float64) ([]switchyard.Header, error) {
	if guest.plugin.picked == nil {
		return nil, nil
	}
	rows := make([]uint32, len(decision.Targets))
	for at, target := range decision.Targets {
		rows[at] = target.Row
	}
	return guest.plugin.picked.Picked(switchyard.Request{}, decision, guest.endpoints(rows, inputs))
}

// ResponseStarted tells of a response, if the plugin wants to know.
func (guest *Guest) ResponseStarted(status uint16) ([]switchyard.Header, error) {
	if guest.plugin.started == nil {
		return nil, nil
	}
	return guest.plugin.started.ResponseStarted(switchyard.Request{}, status)
}

// ResponseEnded tells of a request's end, if the plugin wants to know.
func (guest *Guest) ResponseEnded(ended switchyard.Ended) error {
	if guest.plugin.ended == nil {
		return nil
	}
	return guest.plugin.ended.ResponseEnded(switchyard.Request{}, ended)
}
