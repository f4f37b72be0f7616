// Package exposition reads a Prometheus exposition line by line.
//
// Names are compared whole, because "vllm:num_requests_waiting" is also how
// "vllm:num_requests_waiting_by_reason" begins. Labels are looked at only when asked for.
package exposition

import (
	"iter"
	"math"
	"strconv"
	"strings"
)

// What separates the words of a line.
const blanks = " \t\r\v\f"

// Series is one line with a value: a series at one time.
type Series struct {
	// Such as "vllm:num_requests_waiting".
	Name string
	// What stands between the braces.
	Labels Labels
	// May be NaN or an infinity.
	Value float64
	// NaN where the line has none.
	Timestamp float64
}

// Read gives all series of an exposition. Comments, empty lines and lines that are no series are passed over.
// It copies the body once, so what it gives may be kept.
func Read(body []byte) iter.Seq[Series] {
	text := string(body)
	return func(yield func(Series) bool) {
		for line := range strings.SplitSeq(text, "\n") {
			if series, ok := read(line); ok && !yield(series) {
				return
			}
		}
	}
}

func read(line string) (series Series, ok bool) {
	line = strings.Trim(line, blanks)
	end := strings.IndexAny(line, "{"+blanks)
	if end <= 0 || line[0] == '#' {
		return series, false
	}
	name, rest := line[:end], line[end:]
	labels := ""
	if inside, braced := strings.CutPrefix(rest, "{"); braced {
		end := closingBrace(inside)
		if end < 0 {
			return series, false
		}
		labels, rest = inside[:end], inside[end+1:]
	}
	word, rest := nextWord(rest)
	value, ok := number(word)
	if !ok {
		return series, false
	}
	timestamp := math.NaN()
	// An OpenMetrics exemplar begins with `#`.
	if word, _ = nextWord(rest); word != "" && word != "#" {
		if timestamp, ok = number(word); !ok {
			return series, false
		}
	}
	return Series{Name: name, Labels: Labels(labels), Value: value, Timestamp: timestamp}, true
}

func nextWord(text string) (word, rest string) {
	text = strings.TrimLeft(text, blanks)
	if end := strings.IndexAny(text, blanks); end >= 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

func number(word string) (value float64, ok bool) {
	value, err := strconv.ParseFloat(word, 64)
	// Too large a number is an infinity, with an error.
	return value, err == nil || math.IsInf(value, 0)
}

// closingBrace finds where the label list ends: a brace inside of quotes does not end it. -1: nowhere.
func closingBrace(inside string) int {
	quoted, escaped := false, false
	for at := range len(inside) {
		switch letter := inside[at]; {
		case escaped:
			escaped = false
		case letter == '\\' && quoted:
			escaped = true
		case letter == '"':
			quoted = !quoted
		case letter == '}' && !quoted:
			return at
		}
	}
	return -1
}

// Labels are the labels of a series, as they stand in the exposition.
type Labels string

// Get gives the value of a label with its escapes resolved, and whether there is one. Labels behind a place
// where the list is malformed are not found.
func (labels Labels) Get(name string) (value string, found bool) {
	rest := string(labels)
	for {
		key, after, ok := strings.Cut(rest, "=")
		if !ok {
			return "", false
		}
		quoted, ok := strings.CutPrefix(strings.TrimLeft(after, blanks), `"`)
		if !ok {
			return "", false
		}
		end := closingQuote(quoted)
		if end < 0 {
			return "", false
		}
		if strings.Trim(key, blanks) == name {
			return unescape(quoted[:end]), true
		}
		rest = strings.TrimLeft(strings.TrimLeft(quoted[end+1:], blanks), ",")
	}
}

func closingQuote(value string) int {
	escaped := false
	for at := range len(value) {
		switch letter := value[at]; {
		case escaped:
			escaped = false
		case letter == '\\':
			escaped = true
		case letter == '"':
			return at
		}
	}
	return -1
}

// unescape resolves `\\`, `\"` and `\n` as the format defines them; any other escape stays as it is.
func unescape(value string) string {
	if !strings.Contains(value, `\`) {
		return value
	}
	var plain strings.Builder
	for at := 0; at < len(value); at++ {
		if value[at] == '\\' && at+1 < len(value) {
			switch value[at+1] {
			case 'n':
				plain.WriteByte('\n')
				at++
				continue
			case '\\', '"':
				at++
			}
		}
		plain.WriteByte(value[at])
	}
	return plain.String()
}
