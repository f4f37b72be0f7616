// Package types holds the values that generated bindings hand over and that Go itself has no type for.
//
// It stands in for the package of the same name that the bindings generator expects, and has just what
// bindings of this contract use.
package types

// Unit is what a result holds that says no more than that it went well.
type Unit struct{}

// Option is a value, or none.
type Option[T any] struct {
	value T
	some  bool
}

// Some holds a value.
func Some[T any](value T) Option[T] {
	return Option[T]{value: value, some: true}
}

// None holds none.
func None[T any]() Option[T] {
	return Option[T]{}
}

// Get gives the value, and whether there is one.
func (option Option[T]) Get() (T, bool) {
	return option.value, option.some
}

// What a Result can be.
const (
	ResultOk uint8 = iota
	ResultErr
)

// Result is what a call came to: an answer, or why there is none.
type Result[T, E any] struct {
	answer  T
	reason  E
	variant uint8
}

// Ok is an answer.
func Ok[T, E any](answer T) Result[T, E] {
	return Result[T, E]{answer: answer, variant: ResultOk}
}

// Err is the reason why there is no answer.
func Err[T, E any](reason E) Result[T, E] {
	return Result[T, E]{reason: reason, variant: ResultErr}
}

// Tag says which of the two it is: ResultOk or ResultErr.
func (result Result[T, E]) Tag() uint8 {
	return result.variant
}

// Ok gives the answer; the zero value where there is none.
func (result Result[T, E]) Ok() T {
	return result.answer
}

// Err gives the reason; the zero value where there is an answer.
func (result Result[T, E]) Err() E {
	return result.reason
}
