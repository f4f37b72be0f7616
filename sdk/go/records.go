package switchyard

// Header is one HTTP header.
type Header struct {
	// Lower case, such as "x-session-token".
	Name string
	// Without line breaks. May be empty.
	Value string
}

// Step is a profile to run next.
type Step struct {
	// The profile's name in the configuration.
	Profile string
	// The name of a decider that must agree first; empty: none.
	Gate string
}

// Outcome is how a profile ended.
type Outcome uint8

// The ways in which a profile can end.
const (
	// A picker chose at least one row.
	OutcomePicked Outcome = iota
	// Its gate said no; nothing ran.
	OutcomeGated
	// The filters left no endpoint.
	OutcomeFilteredOut
	// A plugin of the profile failed and its onFault is "fail".
	OutcomeFailed
)

// ProfileResult is what a profile came to.
type ProfileResult struct {
	// The profile's name in the configuration.
	Profile string
	// How it ended.
	Outcome Outcome
	// The picked rows, best first. Empty unless it picked.
	Rows []uint32
	// Total score of each of Rows, in the same order.
	Totals []float64
}

// Target is where a request can go.
type Target struct {
	// The endpoint.
	Row uint32
	// A port to use instead of the endpoint's own; 0: the endpoint's own.
	Port uint16
}

// Decision is where a request goes.
type Decision struct {
	// The profile whose pick is the destination.
	Primary string
	// Best first; the rest are fallbacks the proxy may retry on.
	Targets []Target
	// Request headers to set on the way to the model server.
	SetHeaders []Header
}

// DecisionOf sends the request where a result says, to each endpoint's own port.
func DecisionOf(result ProfileResult) Decision {
	targets := make([]Target, len(result.Rows))
	for at, row := range result.Rows {
		targets[at].Row = row
	}
	return Decision{Primary: result.Profile, Targets: targets}
}

// Scope says who is asked how often.
type Scope uint8

// The scopes there are.
const (
	// Once per endpoint, at its own address and port.
	ScopeEndpoint Scope = iota
	// Once per address; Parse answers for all ranks behind it.
	ScopeAddress
)

// Fetch is something the host shall fetch from every model server, again and again.
type Fetch struct {
	// For logs and metrics, such as "metrics".
	Name string
	// Who is asked how often.
	Scope Scope
	// "http" or "https".
	Scheme string
	// 0: the endpoint's own port.
	Port uint16
	// Such as "/metrics".
	Path string
	// 0: the host's own interval.
	IntervalMs uint32
	// 0: 1000.
	TimeoutMs uint32
	// Prometheus metric families: Parse then gets only their lines. Empty: the whole body.
	Families []string
	// The columns that Sample.Values fills, in this order.
	Columns []Column
	// The string sets that Sample.Sets may hold. The host derives columns from each: "<set>/size" and
	// "<set>/has-model".
	Sets []string
}

// Answer is one answer that the host fetched.
type Answer struct {
	// Which of the planned fetches it answers.
	Fetch uint32
	// The endpoint asked; with ScopeAddress its first rank.
	Row uint32
	// HTTP status.
	Status uint16
	// How long the fetch took.
	ElapsedMs uint32
	// The body, or of an exposition just the families asked for. It lives as long as the call.
	Body []byte
}

// StringSet is a named set of strings, such as the LoRA adapters a server has loaded.
type StringSet struct {
	// One of Fetch.Sets; others are ignored.
	Name string
	// In any order, each once. Empty: known to have none.
	Members []string
}

// Sample is what a fetch told of one endpoint.
type Sample struct {
	// The rank it is about; with ScopeEndpoint it is ignored.
	Rank uint32
	// One per Fetch.Columns, NaN where the answer did not say.
	Values []float64
	// Those of Fetch.Sets the answer told of. One left out keeps its old members until they are stale.
	Sets []StringSet
}

// Ending is how a request ended.
type Ending uint8

// The ways in which a request can end.
const (
	// The whole response went through.
	EndingComplete Ending = iota
	// The model server or the proxy broke off, or answered 500 or above.
	EndingFailedUpstream
	// The client went away.
	EndingClientLeft
	// Switchyard refused it after the pick.
	EndingRefused
)

// Ended is what is known of a request when it is over. Every number is NaN where it is not known.
type Ended struct {
	// How it ended.
	Ending Ending
	// HTTP status of the response; 0: none was seen.
	Status uint16
	// Tokens of the prompt, as the server counted them.
	PromptTokens float64
	// Prompt tokens the server found in its cache.
	CachedTokens float64
	// Tokens of the answer, as the server counted them.
	CompletionTokens float64
	// From the request's headers to the first byte of the response's body.
	FirstTokenMs float64
	// From the request's headers to the end.
	TotalMs float64
}
