package locales

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// A wireArg is an argument that JSON has no type for; one field is set.
type wireArg struct {
	Message  *Message   `json:"message,omitempty"`
	Duration *string    `json:"duration,omitempty"`
	Time     *time.Time `json:"time,omitempty"`
	List     *[]string  `json:"list,omitempty"`
}

// wireMessage is a Message whose arguments have been made fit for JSON.
type wireMessage struct {
	Code    string `json:"code"`
	English string `json:"english"`
	Args    []any  `json:"args,omitempty"`
}

// MarshalJSON implements [json.Marshaler].
func (m Message) MarshalJSON() ([]byte, error) {
	wire := wireMessage{Code: m.Code, English: m.English}
	for _, arg := range m.Args {
		wire.Args = append(wire.Args, toWire(arg))
	}
	return json.Marshal(wire)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (m *Message) UnmarshalJSON(data []byte) error {
	var wire struct {
		Code    string            `json:"code"`
		English string            `json:"english"`
		Args    []json.RawMessage `json:"args"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	*m = Message{Code: wire.Code, English: wire.English}
	for _, raw := range wire.Args {
		arg, err := fromWire(raw)
		if err != nil {
			return fmt.Errorf("message %q: %w", m.Code, err)
		}
		m.Args = append(m.Args, arg)
	}
	return nil
}

func toWire(arg any) any {
	switch a := arg.(type) {
	case nil, string, bool:
		return a
	case Message:
		return wireArg{Message: &a}
	case time.Duration:
		text := a.String()
		return wireArg{Duration: &text}
	case time.Time:
		return wireArg{Time: &a}
	case []string:
		return wireArg{List: &a}
	case fmt.Stringer, error:
		return fmt.Sprint(a)
	}
	switch v := reflect.ValueOf(arg); {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat() && !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0):
		// 5.0 keeps its point, or it would come back as a whole number, which %.1f cannot say.
		text := strconv.FormatFloat(v.Float(), 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return json.RawMessage(text)
	default:
		return fmt.Sprint(arg)
	}
}

func fromWire(raw json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if raw[0] == '{' {
		var wire wireArg
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&wire); err != nil {
			return nil, err
		}
		return wire.arg(raw)
	}
	decoder.UseNumber()
	var arg any
	if err := decoder.Decode(&arg); err != nil {
		return nil, err
	}
	switch a := arg.(type) {
	case json.Number:
		if whole, err := a.Int64(); err == nil {
			return whole, nil
		}
		if whole, err := strconv.ParseUint(a.String(), 10, 64); err == nil {
			return whole, nil
		}
		return a.Float64()
	case nil, string, bool:
		return a, nil
	}
	return nil, fmt.Errorf("the argument %s is of no kind that a message knows", raw)
}

func (w wireArg) arg(raw json.RawMessage) (any, error) {
	switch {
	case w.Message != nil:
		return *w.Message, nil
	case w.Duration != nil:
		return time.ParseDuration(*w.Duration)
	case w.Time != nil:
		return *w.Time, nil
	case w.List != nil:
		return *w.List, nil
	}
	return nil, fmt.Errorf("the argument %s is of no kind that a message knows", raw)
}
