package switchyard

import (
	"strings"

	"switchyard/internal/show"
)

// Diagnostic is one mistake in the settings.
type Diagnostic struct {
	// A path into the settings, such as "steps[1].weight"; empty: the whole.
	Path string
	// What was found and what is allowed.
	Message string
}

// Diagnostics are all mistakes that were found in the settings, so that a person sees them at once.
type Diagnostics []Diagnostic

// Mistake is a single one, for a [Definition]'s New to return.
func Mistake(path string, found any, expected string) error {
	var mistakes Diagnostics
	mistakes.Add(path, found, expected)
	return mistakes
}

// Add notes a mistake: the value that was found, and what would do instead, such as "a number above 0".
func (mistakes *Diagnostics) Add(path string, found any, expected string) {
	mistakes.say(path, "found "+show.Value(found)+", expected "+expected)
}

func (mistakes *Diagnostics) say(path, message string) {
	*mistakes = append(*mistakes, Diagnostic{Path: path, Message: message})
}

// Err is nil where nothing was noted.
func (mistakes Diagnostics) Err() error {
	if len(mistakes) == 0 {
		return nil
	}
	return mistakes
}

// Error gives all of them on one line.
func (mistakes Diagnostics) Error() string {
	var text strings.Builder
	for at, mistake := range mistakes {
		if at > 0 {
			text.WriteString("; ")
		}
		if mistake.Path != "" {
			text.WriteString(mistake.Path + ": ")
		}
		text.WriteString(mistake.Message)
	}
	return text.String()
}
