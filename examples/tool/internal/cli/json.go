package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

func newJSONEncoder(w io.Writer) *json.Encoder {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder
}

// writeJSON writes a value in many lines, to be read by people too.
func writeJSON(w io.Writer, value any) error {
	encoder := newJSONEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// compact writes a value in one line.
func compact(value any) string {
	var text strings.Builder
	if err := newJSONEncoder(&text).Encode(value); err != nil {
		return fmt.Sprint(value) // a number that JSON does not have
	}
	return strings.TrimSuffix(text.String(), "\n")
}
