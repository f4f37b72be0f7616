package switchyard

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"switchyard/internal/json"
	"switchyard/internal/show"
)

// readSettings reads JSON into a struct that holds the defaults. All mistakes are found, each with its path.
func readSettings(text string, into reflect.Value) Diagnostics {
	var reading reading
	value, err := json.Parse(text)
	if err != nil {
		reading.mistakes.say("", "the settings are no JSON: "+err.Error())
	} else {
		reading.read("", value, into)
	}
	return reading.mistakes
}

type reading struct {
	mistakes Diagnostics
}

func (r *reading) read(path string, value any, into reflect.Value) {
	switch kind := into.Kind(); kind {
	case reflect.Bool:
		take(r, path, value, into.SetBool, "true or false")
	case reflect.String:
		take(r, path, value, into.SetString, "a text")
	case reflect.Float32, reflect.Float64:
		r.readFloat(path, value, into)
	case reflect.Struct:
		r.readStruct(path, value, into)
	case reflect.Slice:
		r.readSlice(path, value, into)
	case reflect.Map:
		r.readMap(path, value, into)
	case reflect.Pointer:
		into.SetZero()
		if value != nil {
			into.Set(reflect.New(into.Type().Elem()))
			r.read(path, value, into.Elem())
		}
	default:
		if _, _, whole := bounds(into.Type()); !whole {
			panic("the setting " + path + " is " + into.Type().String() + ", which settings cannot hold")
		}
		r.readWhole(path, value, into)
	}
}

// take sets what is of type T already.
func take[T any](r *reading, path string, value any, set func(T), expected string) {
	if typed, ok := value.(T); ok {
		set(typed)
	} else {
		r.mistakes.say(path, "found "+shown(value)+", expected "+expected)
	}
}

// shown writes a value of the settings.
func shown(value any) string {
	switch value := value.(type) {
	case json.Number:
		return string(value)
	case json.Object:
		return "an object"
	case []any:
		return "a list"
	}
	return show.Value(value)
}

func (r *reading) readFloat(path string, value any, into reflect.Value) {
	number, ok := value.(json.Number)
	if ok {
		parsed, err := strconv.ParseFloat(string(number), into.Type().Bits())
		if err == nil {
			into.SetFloat(parsed)
			return
		}
	}
	r.mistakes.say(path, "found "+shown(value)+", expected a number")
}

func (r *reading) readWhole(path string, value any, into reflect.Value) {
	least, greatest, _ := bounds(into.Type())
	if number, ok := value.(json.Number); ok && setWhole(string(number), into) {
		return
	}
	r.mistakes.say(path, "found "+shown(value)+", expected a whole number from "+least+" to "+greatest)
}

// setWhole sets an integer, which JSON may write as `3`, `3.0` or `30e-1`.
func setWhole(number string, into reflect.Value) bool {
	if into.CanInt() {
		if whole, err := strconv.ParseInt(number, 10, into.Type().Bits()); err == nil {
			into.SetInt(whole)
			return true
		}
	} else if whole, err := strconv.ParseUint(number, 10, into.Type().Bits()); err == nil {
		into.SetUint(whole)
		return true
	}
	const exact = 1 << 53
	float, err := strconv.ParseFloat(number, 64)
	if err != nil || float != math.Trunc(float) || math.Abs(float) > exact || !strings.ContainsAny(number, ".eE") {
		return false
	}
	return setWhole(strconv.FormatFloat(float, 'f', 0, 64), into)
}

func (r *reading) readStruct(path string, value any, into reflect.Value) {
	object, ok := value.(json.Object)
	if !ok {
		r.mistakes.say(path, "found "+shown(value)+", expected an object")
		return
	}
	fields := fieldsOf(into.Type())
	for _, member := range object {
		at := slices.IndexFunc(fields, func(field field) bool { return field.name == member.Name })
		if at < 0 {
			r.mistakes.say(within(path, member.Name), unknownField(member.Name, fields))
			continue
		}
		r.read(within(path, member.Name), member.Value, into.Field(fields[at].index))
	}
}

func unknownField(name string, fields []field) string {
	if len(fields) == 0 {
		return "unknown field `" + name + "`, expected none"
	}
	names := make([]string, len(fields))
	for at, field := range fields {
		names[at] = "`" + field.name + "`"
	}
	return "unknown field `" + name + "`, expected " + strings.Join(names, ", ")
}

func within(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (r *reading) readSlice(path string, value any, into reflect.Value) {
	items, ok := value.([]any)
	if !ok {
		r.mistakes.say(path, "found "+shown(value)+", expected a list")
		return
	}
	// A list of its own, never the one in the defaults.
	into.Set(reflect.MakeSlice(into.Type(), len(items), len(items)))
	for at, item := range items {
		r.read(path+"["+strconv.Itoa(at)+"]", item, into.Index(at))
	}
}

func (r *reading) readMap(path string, value any, into reflect.Value) {
	object, ok := value.(json.Object)
	if !ok {
		r.mistakes.say(path, "found "+shown(value)+", expected an object")
		return
	}
	into.Set(reflect.MakeMap(into.Type()))
	for _, member := range object {
		item := reflect.New(into.Type().Elem()).Elem()
		r.read(within(path, member.Name), member.Value, item)
		into.SetMapIndex(reflect.ValueOf(member.Name), item)
	}
}
