package switchyard

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"switchyard/internal/json"
)

// field is a setting: a field of a struct, and what its tags say.
type field struct {
	name, doc string
	index     int
}

// fieldsOf gives the settings of a struct; fields that are not exported are none.
func fieldsOf(kind reflect.Type) []field {
	var fields []field
	for index := range kind.NumField() {
		one := kind.Field(index)
		if !one.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(one.Tag.Get("json"), ",")
		if name == "" {
			name = strings.ToLower(one.Name[:1]) + one.Name[1:]
		}
		fields = append(fields, field{name: name, doc: one.Tag.Get("doc"), index: index})
	}
	return fields
}

// bounds gives the least and the greatest whole number of a type; whole is false for types of other things.
func bounds(kind reflect.Type) (least, greatest string, whole bool) {
	switch kind.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		last := int64(math.MaxInt64) >> (64 - kind.Bits())
		return strconv.FormatInt(-last-1, 10), strconv.FormatInt(last, 10), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "0", strconv.FormatUint(math.MaxUint64>>(64-kind.Bits()), 10), true
	}
	return "", "", false
}

// schema writes the JSON Schema of settings, with their defaults.
func schema(defaults reflect.Value) string {
	s := schemaWriter(`{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Settings",`)
	s.kind(defaults.Type(), defaults)
	s.text("}")
	return string(s)
}

type schemaWriter []byte

func (s *schemaWriter) text(text string) {
	*s = append(*s, text...)
}

func (s *schemaWriter) quoted(text string) {
	*s = json.AppendString(*s, text)
}

// kind writes what describes a type, without braces around it. defaults is not valid where none are known.
func (s *schemaWriter) kind(kind reflect.Type, defaults reflect.Value) {
	switch kind.Kind() {
	case reflect.Bool:
		s.text(`"type":"boolean"`)
	case reflect.String:
		s.text(`"type":"string"`)
	case reflect.Float32, reflect.Float64:
		s.text(`"type":"number"`)
	case reflect.Struct:
		s.object(kind, defaults)
	case reflect.Slice:
		s.text(`"type":"array","items":{`)
		s.kind(kind.Elem(), reflect.Value{})
		s.text("}")
	case reflect.Map:
		if kind.Key() != reflect.TypeFor[string]() {
			panic("a setting is " + kind.String() + ", which settings cannot hold: names are strings")
		}
		s.text(`"type":"object","additionalProperties":{`)
		s.kind(kind.Elem(), reflect.Value{})
		s.text("}")
	case reflect.Pointer:
		s.text(`"anyOf":[{`)
		s.kind(kind.Elem(), reflect.Value{})
		s.text(`},{"type":"null"}]`)
	default:
		least, greatest, whole := bounds(kind)
		if !whole {
			panic("a setting is " + kind.String() + ", which settings cannot hold")
		}
		s.text(`"type":"integer","minimum":` + least + `,"maximum":` + greatest)
	}
}

func (s *schemaWriter) object(kind reflect.Type, defaults reflect.Value) {
	s.text(`"type":"object","properties":{`)
	for at, field := range fieldsOf(kind) {
		if at > 0 {
			s.text(",")
		}
		s.quoted(field.name)
		s.text(":{")
		if field.doc != "" {
			s.text(`"description":`)
			s.quoted(field.doc)
			s.text(",")
		}
		var value reflect.Value
		if defaults.IsValid() {
			value = defaults.Field(field.index)
		}
		s.kind(kind.Field(field.index).Type, value)
		s.standard(value)
		s.text("}")
	}
	s.text(`},"additionalProperties":false`)
}

// standard writes the default of a setting; one that has settings of its own has it there.
func (s *schemaWriter) standard(value reflect.Value) {
	if value.IsValid() && value.Kind() != reflect.Struct {
		if written, ok := appendValue([]byte(`,"default":`), value); ok {
			*s = append(*s, written...)
		}
	}
}

// appendValue writes a value as JSON; false where JSON has no such value, as for infinities.
func appendValue(to []byte, value reflect.Value) ([]byte, bool) {
	switch {
	case value.Kind() == reflect.Bool:
		return strconv.AppendBool(to, value.Bool()), true
	case value.Kind() == reflect.String:
		return json.AppendString(to, value.String()), true
	case value.CanFloat():
		float := value.Float()
		return strconv.AppendFloat(to, float, 'g', -1, value.Type().Bits()), !math.IsNaN(float) && !math.IsInf(float, 0)
	case value.CanInt():
		return strconv.AppendInt(to, value.Int(), 10), true
	case value.CanUint():
		return strconv.AppendUint(to, value.Uint(), 10), true
	case value.Kind() == reflect.Pointer && value.IsNil():
		return append(to, "null"...), true
	case value.Kind() == reflect.Pointer:
		return appendValue(to, value.Elem())
	case value.Kind() == reflect.Slice:
		return appendItems(to, value)
	case value.Kind() == reflect.Map && value.Len() == 0:
		return append(to, "{}"...), true
	}
	// Structs within lists, and maps: rare enough as defaults to be left to a setting's `doc`.
	return to, false
}

func appendItems(to []byte, list reflect.Value) ([]byte, bool) {
	to = append(to, '[')
	for at := range list.Len() {
		if at > 0 {
			to = append(to, ',')
		}
		var ok bool
		if to, ok = appendValue(to, list.Index(at)); !ok {
			return to, false
		}
	}
	return append(to, ']'), true
}
