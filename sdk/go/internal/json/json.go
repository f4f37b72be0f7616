// Package json reads JSON, as small as a plugin's settings need it.
//
// The one of Go's library makes a component half as large again, and the host compiles all of it. The tests
// hold this one against that one.
package json

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Object holds members in their order; of two with one name the last counts.
type Object []Member

// Member is one name with its value.
type Member struct {
	Name  string
	Value any
}

// Number is a number as it was written.
type Number string

// Settings that lie deeper in one another than this are a mistake, and must not end the stack.
const deepest = 64

// Parse reads one value: nil, a bool, a Number, a string, an []any or an Object. The error says what was
// expected and where.
func Parse(text string) (any, error) {
	reader := reader{text: text}
	value, err := reader.value(deepest)
	if err != nil {
		return nil, err
	}
	reader.skipBlanks()
	if reader.at < len(text) {
		return nil, reader.expected("the end")
	}
	return value, nil
}

// syntaxError is what was expected, and the byte where it was not.
type syntaxError struct {
	what string
	at   int
}

func (err *syntaxError) Error() string {
	return "expected " + err.what + " at byte " + strconv.Itoa(err.at)
}

type reader struct {
	text string
	at   int
}

func (r *reader) expected(what string) error {
	return &syntaxError{what: what, at: r.at}
}

// peek gives the next byte; 0 at the end.
func (r *reader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *reader) skipBlanks() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

// take steps over what is next, if it is this.
func (r *reader) take(what string) bool {
	if !strings.HasPrefix(r.text[r.at:], what) {
		return false
	}
	r.at += len(what)
	return true
}

func (r *reader) value(depth int) (any, error) {
	if depth == 0 {
		return nil, r.expected("fewer values in one another")
	}
	r.skipBlanks()
	switch letter := r.peek(); {
	case letter == '{':
		return r.object(depth)
	case letter == '[':
		return r.array(depth)
	case letter == '"':
		return r.string()
	case letter == '-' || digit(letter):
		return r.number()
	case r.take("true"):
		return true, nil
	case r.take("false"):
		return false, nil
	case r.take("null"):
		return nil, nil
	}
	return nil, r.expected("a value")
}

func (r *reader) object(depth int) (any, error) {
	object := Object{}
	err := r.list('}', func() error {
		if r.peek() != '"' {
			return r.expected("a name in quotes")
		}
		name, err := r.string()
		if err != nil {
			return err
		}
		r.skipBlanks()
		if !r.take(":") {
			return r.expected("`:`")
		}
		value, err := r.value(depth - 1)
		object = append(object, Member{name, value})
		return err
	})
	return object, err
}

func (r *reader) array(depth int) (any, error) {
	array := []any{}
	err := r.list(']', func() error {
		value, err := r.value(depth - 1)
		array = append(array, value)
		return err
	})
	return array, err
}

// list reads what stands between brackets, item by item.
func (r *reader) list(end byte, item func() error) error {
	r.at++
	r.skipBlanks()
	if r.take(string(end)) {
		return nil
	}
	for {
		r.skipBlanks()
		if err := item(); err != nil {
			return err
		}
		r.skipBlanks()
		if r.take(string(end)) {
			return nil
		}
		if !r.take(",") {
			return r.expected("`,` or `" + string(end) + "`")
		}
	}
}

func (r *reader) number() (any, error) {
	from := r.at
	r.take("-")
	if !r.take("0") && !r.digits() {
		return nil, r.expected("a digit")
	}
	if r.take(".") && !r.digits() {
		return nil, r.expected("a digit")
	}
	if r.take("e") || r.take("E") {
		_ = r.take("+") || r.take("-")
		if !r.digits() {
			return nil, r.expected("a digit")
		}
	}
	return Number(r.text[from:r.at]), nil
}

// digits steps over digits, and says whether there was one.
func (r *reader) digits() bool {
	from := r.at
	for digit(r.peek()) {
		r.at++
	}
	return r.at > from
}

func digit(letter byte) bool {
	return '0' <= letter && letter <= '9'
}

func (r *reader) string() (string, error) {
	r.at++
	var text strings.Builder
	for {
		letter, size := utf8.DecodeRuneInString(r.text[r.at:])
		switch {
		case size == 0:
			return "", r.expected("`\"`")
		case letter < ' ':
			return "", r.expected("an escaped control character")
		case letter == '"':
			r.at++
			return text.String(), nil
		case letter == '\\':
			escaped, err := r.escape()
			if err != nil {
				return "", err
			}
			text.WriteRune(escaped)
		default:
			// What is not UTF-8 becomes the character that stands for it.
			text.WriteRune(letter)
			r.at += size
		}
	}
}

func (r *reader) escape() (rune, error) {
	r.at++
	letter := r.peek()
	if letter == 'u' {
		return r.unicode()
	}
	at := strings.IndexByte(`"\/bfnrt`, letter)
	if at < 0 {
		return 0, r.expected("an escape")
	}
	r.at++
	return rune("\"\\/\b\f\n\r\t"[at]), nil
}

// unicode reads `u` and four digits, and the second half of a pair if there is one.
func (r *reader) unicode() (rune, error) {
	first, ok := r.hex()
	if !ok {
		return 0, r.expected("four hexadecimal digits")
	}
	const high, low, after = 0xd800, 0xdc00, 0xe000
	if first < high || first >= after {
		return first, nil
	}
	before := r.at
	if first < low && r.take(`\`) {
		if second, ok := r.hex(); ok && second >= low && second < after {
			return (first-high)<<10 | (second - low) + 0x10000, nil
		}
	}
	r.at = before
	return utf8.RuneError, nil
}

func (r *reader) hex() (rune, bool) {
	if r.peek() != 'u' || r.at+5 > len(r.text) {
		return 0, false
	}
	number, err := strconv.ParseUint(r.text[r.at+1:r.at+5], 16, 16)
	if err != nil {
		return 0, false
	}
	r.at += 5
	return rune(number), true
}

// AppendString writes a string as JSON.
func AppendString(to []byte, text string) []byte {
	to = append(to, '"')
	for _, letter := range text {
		switch {
		case letter == '"' || letter == '\\':
			to = append(to, '\\', byte(letter))
		case letter < ' ':
			const digits = "0123456789abcdef"
			to = append(to, `\u00`...)
			to = append(to, digits[letter>>4], digits[letter&15])
		default:
			to = utf8.AppendRune(to, letter)
		}
	}
	return append(to, '"')
}
