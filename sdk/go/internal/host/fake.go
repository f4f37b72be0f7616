//go:build !wasip1

package host

import (
	"math"
	"slices"
)

// Fake is what the stand-in answers, and what it was told.
type Fake struct {
	Request Request
	Lines   []Line
	State   map[string][]byte
	Columns map[Cell]float64
}

// Request is what the request's functions answer.
type Request struct {
	ID          string
	Path        string
	Model       string
	TargetModel string
	// By lower-case name.
	Headers  map[string]string
	Body     []byte
	Profile  string
	Profiles []string
	// Rows by profile; "": those of the decision.
	Peers map[string][]uint32
	NowMs uint64
	Seed  uint64
}

// Line is a line of the log.
type Line struct {
	Level   Level
	Message string
}

// Cell is an endpoint's place in an own column.
type Cell struct {
	Column, Row uint32
}

// Current is the one that answers. Tests that run in parallel would share it.
var Current = NewFake()

// NewFake knows of no request and was told nothing.
func NewFake() *Fake {
	return &Fake{State: map[string][]byte{}, Columns: map[Cell]float64{}}
}

func Log(level Level, message string) {
	Current.Lines = append(Current.Lines, Line{level, message})
}

func RequestID() string {
	return Current.Request.ID
}

func RequestPath() string {
	return Current.Request.Path
}

func RequestModel() string {
	return Current.Request.Model
}

func RequestTargetModel() string {
	return Current.Request.TargetModel
}

func RequestHeader(name string) (string, bool) {
	value, found := Current.Request.Headers[name]
	return value, found
}

func RequestBody(offset uint64, length uint32) []byte {
	body := Current.Request.Body
	from := min(offset, uint64(len(body)))
	to := min(from+uint64(length), uint64(len(body)))
	return slices.Clone(body[from:to])
}

func RequestProfile() string {
	return Current.Request.Profile
}

func RequestProfiles() []string {
	return slices.Clone(Current.Request.Profiles)
}

func RequestPeers(profile string) []uint32 {
	return slices.Clone(Current.Request.Peers[profile])
}

func RequestNowMs() uint64 {
	return Current.Request.NowMs
}

func RequestSeed() uint64 {
	return Current.Request.Seed
}

func StateGet(key string) ([]byte, bool) {
	value, found := Current.State[key]
	return slices.Clone(value), found
}

// The largest entry that the host keeps.
const largestEntry = 1 << 20

func StateSet(key string, value []byte, _ uint32) (code uint32, message string, kept bool) {
	if len(key)+len(value) > largestEntry {
		return 0, "key and value exceed 1 MiB", false
	}
	Current.State[key] = slices.Clone(value)
	return 0, "", true
}

func StateRemove(key string) {
	delete(Current.State, key)
}

func OwnColumnSet(column, row uint32, value float64) {
	Current.Columns[Cell{column, row}] = value
}

func OwnColumnAdd(column, row uint32, delta float64) {
	before := Current.Columns[Cell{column, row}]
	if math.IsNaN(before) {
		before = 0
	}
	Current.Columns[Cell{column, row}] = before + delta
}
