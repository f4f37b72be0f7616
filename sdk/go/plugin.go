package switchyard

// Plugin is what every plugin is. What else it is follows from its methods: it may be a [Filter], [Scorer],
// [Picker], [Decider], [ProfileHandler] and [Scraper], follow requests ([PickedHook], [ResponseStartedHook],
// [ResponseEndedHook]) and the membership of endpoints ([EndpointsWatcher]).
//
// A line such as `var _ switchyard.Scorer = (*Rule)(nil)` makes the compiler say which method is not right.
type Plugin interface {
	// Needs says what the plugin reads and may do. Asked once, after it was made.
	Needs() Needs
}

// EndpointsWatcher wants to know which endpoints there are.
type EndpointsWatcher interface {
	// EndpointsChanged gets all endpoints that exist now, before the first request and whenever any came, went
	// or changed its labels. See [PerRow]. An error keeps the instance out of use until the next time.
	EndpointsChanged(endpoints []Endpoint) error
}

// Filter drops endpoints that must not get the request.
type Filter interface {
	// Keep gives the rows that stay.
	Keep(request Request, endpoints Endpoints) ([]uint32, error)
}

// Scorer says how well each endpoint suits the request.
type Scorer interface {
	// Score writes one score per row, in their order, from 0 to 1. All are 0 before.
	Score(request Request, endpoints Endpoints, scores []float64) error
}

// Picker chooses among the endpoints by their weighted totals.
type Picker interface {
	// Pick gives the rows to use, best first, at least one. totals has one number per row.
	Pick(request Request, endpoints Endpoints, totals []float64) ([]uint32, error)
}

// Decider answers whether a further profile shall run.
type Decider interface {
	// Decide gets the rows that the profile's forerunner picked, best first.
	Decide(request Request, profile string, picked Endpoints) (bool, error)
}

// ProfileHandler says which profiles run, and makes one decision of their results.
type ProfileHandler interface {
	// Next gives the profiles to run next; none: go on to Decision. picked are the rows of all results in
	// done, one result after the other.
	Next(request Request, done []ProfileResult, picked Endpoints) ([]Step, error)

	// Decision makes the decision.
	Decision(request Request, done []ProfileResult, picked Endpoints) (Decision, error)
}

// Scraper reads numbers about the model servers. The host does the fetching.
type Scraper interface {
	// Plan says what to fetch. Asked once.
	Plan() ([]Fetch, error)

	// Parse reads what an answer tells of its endpoint, or of each rank behind the address.
	Parse(answer Answer) ([]Sample, error)
}

// PickedHook follows requests to the moment they leave.
type PickedHook interface {
	// Picked gives headers to set on the request. targets are the decision's rows.
	Picked(request Request, decision Decision, targets Endpoints) ([]Header, error)
}

// ResponseStartedHook follows requests to the moment their response begins.
type ResponseStartedHook interface {
	// ResponseStarted gives headers to set on the response.
	ResponseStarted(request Request, status uint16) ([]Header, error)
}

// ResponseEndedHook follows requests to their end.
type ResponseEndedHook interface {
	// ResponseEnded is called once for every request that was picked.
	ResponseEnded(request Request, ended Ended) error
}
