// Package show writes values for people.
//
// Package fmt does more, and adds a third to the size of a component.
package show

import (
	"reflect"
	"strconv"
)

// Value writes a value as its author would.
func Value(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case error:
		return value.Error()
	case interface{ String() string }:
		return value.String()
	}
	switch reflected := reflect.ValueOf(value); reflected.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(reflected.Bool())
	case reflect.String:
		return strconv.Quote(reflected.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(reflected.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(reflected.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(reflected.Float(), 'g', -1, reflected.Type().Bits())
	default:
		return "a " + reflected.Type().String()
	}
}
