package host

import (
	"bytes"
	"slices"
	"strings"

	"go.bytecodealliance.org/pkg/wit/types"

	"switchyard/internal/bindings/switchyard_plugin_log"
	"switchyard/internal/bindings/switchyard_plugin_own_columns"
	"switchyard/internal/bindings/switchyard_plugin_request"
	"switchyard/internal/bindings/switchyard_plugin_state"
)

// Log writes one line.
func Log(level Level, message string) {
	switchyard_plugin_log.Write(uint8(level), message)
}

// RequestID and the others answer about the request at hand.
func RequestID() string {
	return strings.Clone(switchyard_plugin_request.Id())
}

func RequestPath() string {
	return strings.Clone(switchyard_plugin_request.Path())
}

func RequestModel() string {
	return strings.Clone(switchyard_plugin_request.Model())
}

func RequestTargetModel() string {
	return strings.Clone(switchyard_plugin_request.TargetModel())
}

func RequestHeader(name string) (string, bool) {
	value, found := switchyard_plugin_request.Header(name).Get()
	return strings.Clone(value), found
}

func RequestBody(offset uint64, length uint32) []byte {
	return bytes.Clone(switchyard_plugin_request.Body(offset, length))
}

func RequestProfile() string {
	return strings.Clone(switchyard_plugin_request.Profile())
}

func RequestProfiles() []string {
	names := switchyard_plugin_request.Profiles()
	for at, name := range names {
		names[at] = strings.Clone(name)
	}
	return names
}

func RequestPeers(profile string) []uint32 {
	return slices.Clone(switchyard_plugin_request.Peers(profile))
}

func RequestNowMs() uint64 {
	return switchyard_plugin_request.NowMs()
}

func RequestSeed() uint64 {
	return switchyard_plugin_request.Seed()
}

// StateGet and the others reach the key-value store.
func StateGet(key string) ([]byte, bool) {
	value, found := switchyard_plugin_state.Get(key).Get()
	return bytes.Clone(value), found
}

func StateSet(key string, value []byte, ttlMs uint32) (code uint32, message string, kept bool) {
	result := switchyard_plugin_state.Set(key, value, ttlMs)
	fault := result.Err()
	return fault.Code, strings.Clone(fault.Message), result.Tag() == types.ResultOk
}

func StateRemove(key string) {
	switchyard_plugin_state.Remove(key)
}

// OwnColumnSet and OwnColumnAdd write a column of the plugin.
func OwnColumnSet(column, row uint32, value float64) {
	switchyard_plugin_own_columns.Set(column, row, value)
}

func OwnColumnAdd(column, row uint32, delta float64) {
	switchyard_plugin_own_columns.Add(column, row, delta)
}
