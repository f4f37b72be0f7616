package switchyard

import "switchyard/internal/host"

// Request is the request at hand. Its answers are those of the call during which it is asked; in calls that
// are about no request they are empty and 0.
type Request struct{}

// ID gives the request's id.
func (Request) ID() string {
	return host.RequestID()
}

// Path gives the path, such as "/v1/chat/completions", without the query.
func (Request) Path() string {
	return host.RequestPath()
}

// Model gives the model the client named; empty where it named none.
func (Request) Model() string {
	return host.RequestModel()
}

// TargetModel gives the model the server will be asked for, after rewrites.
func (Request) TargetModel() string {
	return host.RequestTargetModel()
}

// Header gives a header by its lower-case name, and whether there is one. Several of one name are joined by
// ", ".
func (Request) Header(name string) (value string, found bool) {
	return host.RequestHeader(name)
}

// Body gives up to length bytes of the body from offset; fewer at its end, none past it. Needs
// [CapabilityBody]; without it, and for a body that was not read, there are none.
func (Request) Body(offset uint64, length uint32) []byte {
	return host.RequestBody(offset, length)
}

// Profile gives the profile that runs; empty outside of profiles.
func (Request) Profile() string {
	return host.RequestProfile()
}

// Profiles gives the names of the configuration's profiles, in its order.
func (Request) Profiles() []string {
	return host.RequestProfiles()
}

// Peers gives the rows that a profile which already ran picked, best first. "": those of the decision.
func (Request) Peers(profile string) []uint32 {
	return host.RequestPeers(profile)
}

// NowMs gives the Unix time in ms at which scheduling began; the same for every plugin of one request.
func (Request) NowMs() uint64 {
	return host.RequestNowMs()
}

// Seed gives a number that looks random and is the same on replay. See [Random].
func (Request) Seed() uint64 {
	return host.RequestSeed()
}
