package db

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"math"
	"time"
)

// The kinds of values that a driver gives (driver.Value).
const (
	kindNull = iota
	kindInt
	kindFloat
	kindTrue
	kindFalse
	kindBytes
	kindString
	kindTime
)

// encodeRow writes a row down: the question, then each column's name, kind and value.
func encodeRow(question []byte, columns []string, values []any) ([]byte, error) {
	b := append(make([]byte, 0, 2048), question...)
	b = binary.AppendUvarint(b, uint64(len(columns)))
	for i, column := range columns {
		b = appendText(b, []byte(column))
		switch v := values[i].(type) {
		case nil:
			b = append(b, kindNull)
		case int64:
			b = binary.AppendVarint(append(b, kindInt), v)
		case float64:
			b = binary.BigEndian.AppendUint64(append(b, kindFloat), math.Float64bits(v))
		case bool:
			if v {
				b = append(b, kindTrue)
			} else {
				b = append(b, kindFalse)
			}
		case []byte:
			b = appendText(append(b, kindBytes), v)
		case string:
			b = appendText(append(b, kindString), []byte(v))
		case time.Time:
			at, err := v.MarshalBinary()
			if err != nil {
				return nil, unrecordable(column, v)
			}
			b = appendText(append(b, kindTime), at)
		default:
			return nil, unrecordable(column, v)
		}
	}
	return b, nil
}

func appendText(b, text []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// decodeRow reads what encodeRow wrote, and answers anything else with ErrNotRecorded.
func decodeRow(record []byte) (*row, error) {
	d := decoder{rest: record}
	r := &row{question: d.take(sha256.Size)}
	n := d.length()
	for range n {
		if d.failed {
			break
		}
		r.columns = append(r.columns, string(d.text()))
		r.values = append(r.values, d.value())
	}
	if d.failed || len(d.rest) > 0 {
		return nil, ErrNotRecorded
	}
	return r, nil
}

// A decoder takes a record apart. Once it has failed it gives nothing.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) fail() { d.rest, d.failed = nil, true }

func (d *decoder) take(n int) []byte {
	if n > len(d.rest) {
		d.fail()
		return nil
	}
	taken := d.rest[:n:n]
	d.rest = d.rest[n:]
	return taken
}

// length reads how many bytes, or columns of at least two bytes, are to follow.
func (d *decoder) length() int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}

func (d *decoder) text() []byte { return d.take(d.length()) }

func (d *decoder) value() driver.Value {
	kind := d.take(1)
	if d.failed {
		return nil
	}
	switch kind[0] {
	case kindNull:
		return nil
	case kindInt:
		n, size := binary.Varint(d.rest)
		if size <= 0 {
			d.fail()
			return nil
		}
		d.rest = d.rest[size:]
		return n
	case kindFloat:
		bits := d.take(8)
		if d.failed {
			return nil
		}
		return math.Float64frombits(binary.BigEndian.Uint64(bits))
	case kindTrue, kindFalse:
		return kind[0] == kindTrue
	case kindBytes:
		return d.text()
	case kindString:
		return string(d.text())
	case kindTime:
		var at time.Time
		if err := at.UnmarshalBinary(d.text()); err != nil {
			d.fail()
		}
		return at
	}
	d.fail()
	return nil
}
