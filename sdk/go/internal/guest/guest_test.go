package guest_test

import (
	"slices"
	"strings"
	"testing"

	"switchyard"
	"switchyard/internal/guest"
	"switchyard/owncolumns"
	"switchyard/state"
	"switchyard/switchyardtest"
)

// every is a plugin of every stage; what it answers shows what it was given.
type every struct {
	names switchyard.PerRow[string]
}

func (*every) Needs() switchyard.Needs {
	return switchyard.Needs{
		Columns:    []switchyard.Column{switchyard.ColumnWaitingRequests},
		OwnColumns: []string{"custom/ended"},
	}
}

func (plugin *every) EndpointsChanged(endpoints []switchyard.Endpoint) error {
	plugin.names = switchyard.ResolvePerRow(endpoints, func(endpoint switchyard.Endpoint) string { return endpoint.Name })
	return nil
}

func (plugin *every) Keep(_ switchyard.Request, endpoints switchyard.Endpoints) ([]uint32, error) {
	return slices.DeleteFunc(slices.Clone(endpoints.Rows()), func(row uint32) bool {
		_, known := plugin.names.Get(row)
		return !known
	}), nil
}

func (*every) Score(request switchyard.Request, endpoints switchyard.Endpoints, scores []float64) error {
	if model := request.Model(); model == "none" {
		scores[0] = 1
		return switchyard.Refuse(404, "no model "+model)
	}
	for at, waiting := range endpoints.Column(switchyard.ColumnWaitingRequests) {
		scores[at] += waiting
	}
	return nil
}

func (*every) Pick(request switchyard.Request, endpoints switchyard.Endpoints, totals []float64) ([]uint32, error) {
	return []uint32{endpoints.Rows()[int(request.Seed())%len(totals)]}, nil
}

func (*every) Decide(request switchyard.Request, profile string, picked switchyard.Endpoints) (bool, error) {
	return profile == request.Profile() && picked.Len() == 1, nil
}

func (*every) Next(request switchyard.Request, done []switchyard.ProfileResult, _ switchyard.Endpoints) ([]switchyard.Step, error) {
	return []switchyard.Step{{Profile: request.Profiles()[len(done)]}}, nil
}

func (*every) Decision(_ switchyard.Request, done []switchyard.ProfileResult, picked switchyard.Endpoints) (switchyard.Decision, error) {
	decision := switchyard.DecisionOf(done[0])
	waiting := picked.Column(switchyard.ColumnWaitingRequests)
	decision.Targets[0].Port = uint16(waiting[len(waiting)-1])
	return decision, nil
}

func (*every) Plan() ([]switchyard.Fetch, error) {
	return []switchyard.Fetch{{Name: "metrics"}}, nil
}

func (*every) Parse(answer switchyard.Answer) ([]switchyard.Sample, error) {
	return []switchyard.Sample{{Values: []float64{float64(len(answer.Body)), float64(answer.Status)}}}, nil
}

func (*every) Picked(request switchyard.Request, decision switchyard.Decision, targets switchyard.Endpoints) ([]switchyard.Header, error) {
	user, _ := request.Header("x-user")
	if err := state.Set(decision.Primary, []byte(user), 0); err != nil {
		return nil, err
	}
	return []switchyard.Header{{Name: "x-rows", Value: strings.Repeat("*", targets.Len())}}, nil
}

func (*every) ResponseStarted(request switchyard.Request, _ uint16) ([]switchyard.Header, error) {
	user, found := state.Get("default")
	if !found || len(request.Peers("")) == 0 {
		return nil, switchyard.CannotAnswer("nobody is known")
	}
	state.Remove("default")
	return []switchyard.Header{{Name: "x-user", Value: string(user)}}, nil
}

func (*every) ResponseEnded(_ switchyard.Request, ended switchyard.Ended) error {
	owncolumns.Set(0, 3, 1)
	owncolumns.Add(0, 3, ended.CompletionTokens)
	return nil
}

// bare is a plugin of no stage.
type bare struct{}

func (bare) Needs() switchyard.Needs {
	return switchyard.Needs{}
}

func definition(plugin switchyard.Plugin) switchyardtest.Definition {
	return switchyard.Definition[switchyard.NoSettings]{
		Name: "tested",
		New:  func(switchyard.NoSettings) (switchyard.Plugin, error) { return plugin, nil },
	}
}

func check[T any](t *testing.T, found T, err error, equal func(T) bool) {
	t.Helper()
	if err != nil || !equal(found) {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestEachStageIsCalledWithWhatTheHostGave(t *testing.T) {
	plugin := switchyardtest.New(t, definition(&every{}), "{}")
	plugin.SetRequest(switchyardtest.Request{
		Model: "llama", Profile: "prefill", Profiles: []string{"default", "prefill"}, Seed: 4,
		Headers: map[string]string{"x-user": "ada"}, Peers: map[string][]uint32{"": {3}},
	})
	if err := plugin.EndpointsChanged(switchyardtest.Endpoint(0), switchyardtest.Endpoint(2)); err != nil {
		t.Error(err)
	}
	plugin.Column(switchyard.ColumnWaitingRequests, 5, 6, 7, 8)

	kept, err := plugin.Keep(0, 1, 2)
	check(t, kept, err, func(rows []uint32) bool { return slices.Equal(rows, []uint32{0, 2}) })

	scores, err := plugin.ScoreRows(1, 3)
	check(t, scores, err, func(scores []float64) bool { return slices.Equal(scores, []float64{6, 8}) })
	again, err := plugin.ScoreRows(0)
	check(t, again, err, func(again []float64) bool { return again[0] == 5 && scores[0] == 6 })

	picked, err := plugin.Pick(1, 2, 3)
	check(t, picked, err, func(rows []uint32) bool { return slices.Equal(rows, []uint32{1}) })

	agrees, err := plugin.Decide("prefill", 3)
	check(t, agrees, err, func(agrees bool) bool { return agrees })

	done := []switchyard.ProfileResult{switchyardtest.Picked("default", 2, 3)}
	steps, err := plugin.Next(done...)
	check(t, steps, err, func(steps []switchyard.Step) bool { return len(steps) == 1 && steps[0].Profile == "prefill" })
	decision, err := plugin.Decision(done...)
	check(t, decision, err, func(decision switchyard.Decision) bool {
		return slices.Equal(decision.Targets, []switchyard.Target{{Row: 2, Port: 8}, {Row: 3}})
	})

	plan, err := plugin.Plan()
	check(t, plan, err, func(plan []switchyard.Fetch) bool { return plan[0].Name == "metrics" })
	samples, err := plugin.Parse(200, "12345")
	check(t, samples, err, func(samples []switchyard.Sample) bool { return slices.Equal(samples[0].Values, []float64{5, 200}) })

	headers, err := plugin.Picked(decision)
	check(t, headers, err, func(headers []switchyard.Header) bool { return headers[0].Value == "**" })
	headers, err = plugin.ResponseStarted(200)
	check(t, headers, err, func(headers []switchyard.Header) bool { return headers[0].Value == "ada" })
	if _, err = plugin.ResponseStarted(200); err == nil {
		t.Error("found no fault, expected one without a user")
	}
	if err := plugin.ResponseEnded(switchyard.Ended{CompletionTokens: 41}); err != nil || switchyardtest.OwnColumn(0, 3) != 42 {
		t.Errorf("found %v, %v", switchyardtest.OwnColumn(0, 3), err)
	}
}

func TestAFaultComesInsteadOfScores(t *testing.T) {
	plugin := switchyardtest.New(t, definition(&every{}), "{}")
	plugin.SetRequest(switchyardtest.Request{Model: "none"})
	scores, err := plugin.ScoreRows(0)
	if scores != nil || switchyard.FaultOf(err).Code != 404 {
		t.Errorf("found %v, %v", scores, err)
	}
	plugin.SetRequest(switchyardtest.Request{})
	plugin.Column(switchyard.ColumnWaitingRequests, 0)
	scores, err = plugin.Score()
	check(t, scores, err, func(scores []float64) bool { return scores[0] == 0 })
}

var stages = []guest.Stage{
	guest.Filter, guest.Scorer, guest.Picker, guest.Decider, guest.ProfileHandler, guest.Scraper, guest.Hooks,
}

func TestAPluginMustHaveTheMethodsOfItsStages(t *testing.T) {
	if _, mistakes := guest.New(definition(&every{})).Configure("{}", stages); len(mistakes) > 0 {
		t.Errorf("found %v", mistakes)
	}
	_, mistakes := guest.New(definition(bare{})).Configure("{}", stages)
	if len(mistakes) != len(stages) {
		t.Fatalf("found %v, expected one mistake per stage", mistakes)
	}
	const want = "the component is a scorer, but guest_test.bare has no method " +
		"Score(switchyard.Request, switchyard.Endpoints, []float64) error; write it, or take the stage out of plugin.toml"
	if found := mistakes[1]; found.Path != "" || found.Message != want {
		t.Errorf("found %+v", found)
	}
}

func TestWithoutAMethodThereIsNoAnswer(t *testing.T) {
	plugin := switchyardtest.New(t, definition(bare{}), "{}")
	errs := map[string]error{}
	_, errs["keep"] = plugin.Keep(0)
	_, errs["score"] = plugin.ScoreRows(0)
	_, errs["pick"] = plugin.Pick(1)
	_, errs["decide"] = plugin.Decide("a")
	_, errs["next"] = plugin.Next()
	_, errs["decision"] = plugin.Decision()
	_, errs["plan"] = plugin.Plan()
	_, errs["parse"] = plugin.Parse(200, "")
	for name, err := range errs {
		if err == nil || switchyard.FaultOf(err).Code != 0 {
			t.Errorf("%s: found %v, expected a fault that cannot answer", name, err)
		}
	}
	// Whoever does not want to know is not told.
	_, picked := plugin.Picked(switchyard.Decision{})
	_, started := plugin.ResponseStarted(200)
	for _, err := range []error{picked, started, plugin.ResponseEnded(switchyard.Ended{}), plugin.EndpointsChanged()} {
		if err != nil {
			t.Errorf("found %v", err)
		}
	}
}

func TestAComponentWithoutAPluginSaysSo(t *testing.T) {
	if _, mistakes := guest.Installed.Configure("{}", nil); !strings.Contains(mistakes.Error(), "component.Export") {
		t.Errorf("found %v", mistakes)
	}
	if found := guest.Installed.About().Summary; !strings.Contains(found, "component.Export") {
		t.Errorf("found %s", found)
	}
}
