package call

import (
	"strings"
	"syscall"

	"go.bytecodealliance.org/pkg/wit/runtime"
	"go.bytecodealliance.org/pkg/wit/types"

	"switchyard"
	"switchyard/internal/bindings/switchyard_plugin_types"
	"switchyard/internal/host"
)

// Result is what a call comes to in the contract.
type Result[T any] = types.Result[T, switchyard_plugin_types.Fault]

// Begin begins a call.
func Begin() {
	runtime.BeginCall()
}

// End ends a call: every export defers it. A panic becomes a line in the log, and then a trap. That is all
// the host would otherwise see of it.
func End() {
	if reason := recover(); reason != nil {
		host.Log(host.Error, describe(reason))
		const broken = 2
		syscall.Exit(broken)
	}
	runtime.EndCall()
}

// Answer is what a method gave, in the contract's words.
func Answer[T any](answer T, err error) Result[T] {
	if err != nil {
		return types.Err[T](Fault(err))
	}
	return types.Ok[T, switchyard_plugin_types.Fault](answer)
}

// Done is [Answer] for methods that give nothing.
func Done(err error) Result[types.Unit] {
	return Answer(types.Unit{}, err)
}

// Fault is why a method gave nothing.
func Fault(err error) switchyard_plugin_types.Fault {
	fault := switchyard.FaultOf(err)
	return switchyard_plugin_types.Fault{Code: fault.Code, Message: fault.Message}
}

// Text is a string of the host that may be kept.
func Text(text string) string {
	return strings.Clone(text)
}

// Each turns a list into another.
func Each[F, T any](from []F, turn func(F) T) []T {
	to := make([]T, len(from))
	for at, item := range from {
		to[at] = turn(item)
	}
	return to
}
